/** The instances of a function as they live, a lane each. */
import type { FunctionView } from '../../emulator/live/functionView.ts';
import { formatClock, formatCount } from '../format.ts';
import { Lane } from './lane.tsx';

/** What the colours mean. */
const KINDS = ['init', 'busy', 'idle', 'ended'] as const;

interface Props {
  readonly shown: FunctionView;
  /** Unix time in seconds. */
  readonly from: number;
  readonly to: number;
}

export function Lanes({ shown: { instances, moreInstances }, from, to }: Props) {
  return (
    <section class="lanes">
      <header class="lanes-heading">
        <h4>Instances</h4>
        {instances.length > 0 && <Legend />}
      </header>
      {instances.length === 0 && <p class="little">None in this time.</p>}
      <ul class="plain">
        {instances.map((lane) => (
          <Lane key={lane.number} lane={lane} from={from} to={to} />
        ))}
      </ul>
      {instances.length > 0 && (
        <p class="lane-times">
          <span>{formatClock(from)}</span>
          <span>{formatClock(to)}</span>
        </p>
      )}
      {moreInstances > 0 && <p class="little">And {formatCount(moreInstances)} more.</p>}
    </section>
  );
}

function Legend() {
  return (
    <ul class="legend">
      {KINDS.map((kind) => (
        <li class="legend-item" key={kind}>
          <span class={`lane-key lane-${kind}`} aria-hidden="true" />
          <span class="legend-label">{kind}</span>
        </li>
      ))}
    </ul>
  );
}
