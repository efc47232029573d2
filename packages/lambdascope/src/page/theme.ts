/** Light or dark: what the system prefers, unless the reader chose; and the style sheet's colours for canvases. */

const STORED = 'lambdascope-theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const resolved = new Map<string, string>();
const listeners = new Set<() => void>();
const probe = document.createElement('span');
probe.hidden = true;
document.documentElement.append(probe);

/**
 * A colour of the style sheet as the present theme has it, in the form `rgb(r, g, b)`.
 *
 * @param name a custom property without its dashes
 */
export function color(name: string): string {
  let value = resolved.get(name);
  if (value === undefined) {
    probe.style.color = `var(--${name})`;
    value = getComputedStyle(probe).color;
    resolved.set(name, value);
  }
  return value;
}

/** The same colour, partly transparent. */
export function translucent(name: string, alpha: number): string {
  return color(name).replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`);
}

/** Whether the page is dark now. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset['theme'];
  return chosen === undefined ? systemIsDark.matches : chosen === 'dark';
}

/** Switches between light and dark, for later visits too. */
export function switchTheme(): void {
  const theme = isDark() ? 'light' : 'dark';
  localStorage.setItem(STORED, theme);
  show(theme);
}

/**
 * Calls whenever colours have changed.
 *
 * @returns ends it
 */
export function onColors(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function show(theme: string | null): void {
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
  resolved.clear();
  for (const listener of listeners) listener();
}

systemIsDark.addEventListener('change', () => show(null));
show(localStorage.getItem(STORED));
