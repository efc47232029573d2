/** Escape leads from a request back to the list. */
import { useEffect } from 'preact/hooks';
import { isTyping } from '../keys.ts';
import { go } from '../route.ts';

/** Listens for it as long as the component is there. */
export function useEscape(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !isTyping(event)) go({ view: 'requests' });
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
}
