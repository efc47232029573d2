/** What to do while nothing was asked. */
import { usePage } from './state.ts';

export function Hint() {
  const example = usePage(({ service }) => service?.example);
  return (
    <section class="hint" id="hint" aria-labelledby="hint-title">
      <h2 id="hint-title">No request yet</h2>
      <p>What the functions do shows here within a second.</p>
      {example !== undefined && (
        <div id="example-hint">
          <p>Try it, from another terminal in the same directory:</p>
          <pre>
            <code id="example">{example}</code>
          </pre>
        </div>
      )}
    </section>
  );
}
