/** How much time charts and lanes show. */
import { state, usePage } from './state.ts';

const MINUTES = [1, 5, 15];

export function SpanChoice() {
  const span = usePage((state) => state.span);
  return (
    <fieldset class="spans">
      <legend class="unseen">Time shown</legend>
      {MINUTES.map((minutes) => (
        <label key={minutes}>
          <input
            type="radio"
            name="span"
            value={minutes * 60}
            checked={span === minutes * 60}
            onChange={() => state.set({ span: minutes * 60 })}
          />
          <span>{minutes} min</span>
        </label>
      ))}
    </fieldset>
  );
}
