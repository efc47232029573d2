/** Why an init took as long as it did: the modules that it loaded, and the instances it shared the cores with. */
import type { LoadedModules, RequestDetail } from '../../emulator/live/request.ts';
import { formatBytes, formatSeconds } from '../format.ts';
import { contentionText, NO_FACTS } from '../overview/coldStartTexts.ts';
import { usePage } from '../state.ts';

/** Modules that are named. */
const MOST = 6;

export function InitCauses({ request }: { readonly request: RequestDetail }) {
  const facts = usePage(({ service }) => service) ?? NO_FACTS;
  const { modules, initConcurrency = null } = request;
  const crowd = contentionText({ function: request.function, initConcurrency }, facts);
  return (
    <div class="causes">
      {crowd !== '' && <p class="contention">{crowd}</p>}
      {modules === undefined ? (
        <p>
          <code>npx lambdascope coldstart</code> shows which modules take it.
        </p>
      ) : (
        <Modules {...modules} />
      )}
    </div>
  );
}

function Modules({ unit, modules }: LoadedModules) {
  const rest = modules.length - MOST;
  return (
    <>
      <p>{unit === 'bytes' ? 'Largest modules of its bundle:' : 'Modules that took longest:'}</p>
      <ul class="modules">
        {modules.slice(0, MOST).map(({ name, weight }) => (
          <li key={name}>
            <span class="module-name">{name}</span>{' '}
            {unit === 'bytes' ? formatBytes(weight) : formatSeconds(weight / 1000)}
          </li>
        ))}
        {rest > 0 && <li>and {rest} more</li>}
      </ul>
    </>
  );
}
