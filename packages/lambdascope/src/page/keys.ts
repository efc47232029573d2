/** Which keys are for the page, and which for what has the focus. */

/** Whether a key goes to a field, or is one of the browser's own. */
export function isTyping({ target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  if (ctrlKey || metaKey || altKey) return true;
  return (
    target instanceof HTMLElement &&
    target.matches('input:not([type="checkbox"], [type="radio"]), select, textarea')
  );
}
