/** The metrics of the service's own that a request recorded. */
import type { RecordedValue } from '../../emulator/live/request.ts';
import { Columns } from '../columns.tsx';
import { formatCount } from '../format.ts';
import { unitFormat } from '../unitFormat.ts';

export function RecordedValues({ recorded }: { readonly recorded: readonly RecordedValue[] }) {
  return (
    <section class="panel" aria-labelledby="recorded-title">
      <h3 class="panel-title" id="recorded-title">
        Metrics that it recorded
      </h3>
      {recorded.length === 0 ? (
        <p class="none">None of the service’s own.</p>
      ) : (
        <table class="fields recorded">
          <thead>
            <tr>
              <Columns names={['Name', 'Labels', 'Value']} />
            </tr>
          </thead>
          <tbody>
            {recorded.map(({ name, labels, value, count }) => (
              <tr key={`${name} ${JSON.stringify(labels)}`}>
                <th scope="row">{name}</th>
                <td>
                  {Object.entries(labels)
                    .map(([label, value]) => `${label}=${value}`)
                    .join(', ')}
                </td>
                <td>
                  {(unitFormat(name) ?? exact)(value)}
                  {count !== undefined && ` in ${formatCount(count)} values`}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function exact(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: 6 });
}
