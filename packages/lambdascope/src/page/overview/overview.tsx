/** What happens, as charts. */
import { useMemo } from 'preact/hooks';
import { Hint } from '../hint.tsx';
import { usePage } from '../state.ts';
import type { View } from './chart.ts';
import { ColdStartList } from './coldStartList.tsx';
import { LatencyPanel } from './latencyPanel.tsx';
import { metricPanel } from './metricPanel.ts';
import { Panel } from './panel.tsx';
import { panels } from './panels.ts';
import { Tiles } from './tiles.tsx';

/** The least that charts show, in seconds. */
const LEAST_SPAN = 60;

export function Overview() {
  const view = useView();
  const isIdle = usePage(
    ({ live }) => (live?.frames.at(-1)?.signals ?? live?.lately)?.asked.length === 0,
  );
  const service = usePage((state) => state.service);
  const own = useMemo(
    () =>
      service === undefined
        ? []
        : service.metrics
            .filter(({ panel }) => panel.show !== 'info')
            .map((metric) => ({ name: metric.name, options: metricPanel(metric, service.drift) })),
    [service],
  );
  return (
    <>
      {isIdle && <Hint />}
      <Tiles />
      <div class="panels" id="panels">
        <LatencyPanel view={view} />
        <ColdStartList frames={view.frames} />
        {Object.entries(panels).map(([id, options]) => (
          <Panel key={id} id={id} options={options} view={view} isWide={id === 'requests'} />
        ))}
        {own.map(({ name, options }) => (
          <Panel key={name} options={options} view={view} />
        ))}
      </div>
    </>
  );
}

/** The frames that are kept, and the time that charts show of them. */
function useView(): View {
  const kept = usePage(({ live }) => live?.frames);
  const now = usePage((state) => state.now);
  const span = usePage((state) => state.span);
  return useMemo(() => {
    const frames = kept ?? [];
    const age = now - (frames[0]?.time ?? now);
    return { frames, from: now - Math.min(span, Math.max(LEAST_SPAN, age)), to: now };
  }, [kept, now, span]);
}
