/** How high a row of the list is, in CSS pixels: on a phone it has two lines. */
import { useEffect, useState } from 'preact/hooks';

const narrow = matchMedia('(max-width: 720px)');
const height = () => (narrow.matches ? 50 : 29);

/** The height for the window as it is now; the style sheet has the same. */
export function useRowHeight(): number {
  const [shown, show] = useState(height);
  useEffect(() => {
    const update = () => show(height());
    narrow.addEventListener('change', update);
    return () => narrow.removeEventListener('change', update);
  }, []);
  return shown;
}
