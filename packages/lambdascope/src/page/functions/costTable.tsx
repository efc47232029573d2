/** What a function has cost so far, as AWS would bill it. */
import type { Cost } from '../../emulator/live/functionView.ts';
import { formatDollars, formatNumber } from '../format.ts';

export function CostTable({ cost }: { readonly cost: Cost }) {
  const parts = [
    [`Duration, ${formatNumber(cost.gbSeconds)} GB-s`, cost.duration],
    ['Provisioned concurrency', cost.provisioned],
    ['Invocations', cost.invocations],
    ['API Gateway', cost.api],
  ] as const;
  return (
    <section>
      <h4>Cost so far</h4>
      <table class="cost">
        <tbody>
          {parts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{formatDollars(value)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td>{formatDollars(cost.total)}</td>
          </tr>
        </tfoot>
      </table>
      <p class="little">As AWS would bill it in {cost.region}, without free tier.</p>
    </section>
  );
}
