/** Says that a request waited for an instance to start, with the diamond that charts mark it by. */

export function Cold() {
  return (
    <span class="cold">
      <span class="key key-diamond cold-key" aria-hidden="true" />
      cold
    </span>
  );
}
