/** The functions: what each is, and its instances as they live. */
import { useEffect, useState } from 'preact/hooks';
import type { FunctionsView } from '../../emulator/live/functionView.ts';
import { askFunctions } from '../ask.ts';
import { usePage } from '../state.ts';
import { FunctionCard } from './functionCard.tsx';

/** Time between two looks, in milliseconds. */
const PERIOD = 1000;

export function FunctionsPage() {
  const shown = useFunctions(usePage((page) => page.span));
  if (shown === undefined) return <p class="none">Asking the server …</p>;
  if (shown.functions.length === 0) return <p class="none">The service has no functions.</p>;
  return (
    <section class="functions" aria-labelledby="functions-title">
      <h2 class="unseen" id="functions-title">
        Functions
      </h2>
      {shown.functions.map((one) => (
        <FunctionCard key={one.key} shown={one} from={shown.from} to={shown.to} />
      ))}
    </section>
  );
}

/** The functions as they were a second ago at most; as before while the server does not answer. */
function useFunctions(seconds: number): FunctionsView | undefined {
  const [shown, show] = useState<FunctionsView>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isLeft = false;
    const look = async () => {
      const answer = await askFunctions(seconds).catch(() => undefined);
      if (isLeft) return;
      if (answer !== undefined) show(answer);
      timer = setTimeout(look, PERIOD);
    };
    void look();
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [seconds]);
  return shown;
}
