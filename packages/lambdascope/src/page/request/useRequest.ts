/** All that is kept of a request, asked once. */
import { useEffect, useState } from 'preact/hooks';
import type { RequestDetail } from '../../emulator/live/request.ts';
import { askRequest, RefusedError } from '../ask.ts';

/** What came of asking. */
export type Asked = RequestDetail | 'asking' | 'gone' | 'lost';

/** Time until it is asked for again, in milliseconds. */
const RETRY = 1000;

/** Asks for a request, until the server answers. */
export function useRequest(id: string): Asked {
  const [asked, show] = useState<Asked>('asking');
  useEffect(() => {
    let retry: ReturnType<typeof setTimeout> | undefined;
    let isLeft = false;
    const ask = async () => {
      const answer = await askRequest(id).catch((error: unknown) =>
        error instanceof RefusedError && error.status === 404 ? 'gone' : 'lost',
      );
      if (isLeft) return;
      show(answer);
      if (answer === 'lost') retry = setTimeout(ask, RETRY);
    };
    void ask();
    return () => {
      isLeft = true;
      clearTimeout(retry);
    };
  }, [id]);
  return asked;
}
