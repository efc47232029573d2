/** The labels of each metric whose panel is an info: the first two, and all where the pointer rests. */
import { NOTHING } from './format.ts';
import { usePage } from './state.ts';

export function Infos() {
  const service = usePage((state) => state.service);
  const infos = usePage(({ live }) => live?.infos);
  const shown = service?.metrics.filter(({ panel }) => panel.show === 'info') ?? [];
  return (
    <dl class="facts" id="infos">
      {shown.map(({ name, labels = [], panel }) => {
        const values = labels.map((label) => infos?.[name]?.[label] ?? NOTHING);
        return (
          <div key={name}>
            <dt>{panel.title}</dt>
            <dd title={labels.map((label, index) => `${label} ${values[index]}`).join('\n')}>
              {values.slice(0, 2).join(' ')}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}
