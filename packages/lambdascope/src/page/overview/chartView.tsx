/** A uPlot chart as a component. */
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { onColors } from '../theme.ts';
import { type ChartStyle, chartData, chartOptions, type Line, type View } from './chart.ts';

interface Props {
  readonly style: ChartStyle;
  readonly lines: readonly Line[];
  readonly view: View;
  /** What it shows, in words. */
  readonly label: string;
  /** Called with the index of the frame under the cursor that all charts share. */
  readonly onCursor: (index: number | undefined) => void;
  /** What a click at a point opens: called to know, too. */
  readonly target?:
    | ((chart: uPlot, left: number, top: number) => (() => void) | undefined)
    | undefined;
}

export function ChartView(props: Props) {
  const plot = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const { style, lines, view, label } = props;
  const kinds = JSON.stringify(lines.map((line) => line.label));

  useLayoutEffect(() => {
    const host = plot.current;
    if (host === null) return;
    const size = () => ({ width: host.clientWidth, height: host.clientHeight });
    const { lines, view } = latest.current;
    const made = new uPlot(
      chartOptions(
        style,
        lines,
        size(),
        () => latest.current.view,
        ({ cursor }) => latest.current.onCursor(cursor.idx ?? undefined),
      ),
      chartData(view.frames, lines, style),
      host,
    );
    chart.current = made;
    listen(made, latest);
    const resized = new ResizeObserver(() => {
      if (host.clientWidth > 0) made.setSize(size());
    });
    resized.observe(host);
    const end = onColors(() => made.redraw(false));
    return () => {
      end();
      resized.disconnect();
      made.destroy();
    };
  }, [style, kinds]);

  useEffect(() => {
    chart.current?.setData(chartData(view.frames, lines, style));
  }, [view]);

  return <div class="plot" role="img" aria-label={label} ref={plot} />;
}

/** Opens what is clicked, and says by the pointer where a click would. */
function listen(chart: uPlot, latest: { readonly current: Props }): void {
  const { over } = chart;
  const targetOf = ({ clientX, clientY }: MouseEvent) => {
    const { left, top } = over.getBoundingClientRect();
    return latest.current.target?.(chart, clientX - left, clientY - top);
  };
  over.addEventListener('mousemove', (event) => {
    over.classList.toggle('opens', targetOf(event) !== undefined);
  });
  over.addEventListener('click', (event) => targetOf(event)?.());
}
