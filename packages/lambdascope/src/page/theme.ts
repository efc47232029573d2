/** Light or dark: what the system prefers, unless the reader chose; and the style sheet's colours for canvases. */

const STORED = 'lambdascope-theme';
const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const resolved = new Map<string, string>();
const probe = document.createElement('span');
probe.hidden = true;
document.body.append(probe);

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

/**
 * Makes a button switch between light and dark.
 *
 * @param onChange called whenever colours have changed
 */
export function bindThemeButton(button: HTMLElement, onChange: () => void): void {
  const isDark = () => (document.documentElement.dataset['theme'] ?? system()) === 'dark';
  const system = () => (systemIsDark.matches ? 'dark' : 'light');
  const show = (theme: string | null) => {
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
    button.setAttribute('aria-pressed', String(isDark()));
    resolved.clear();
    onChange();
  };
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark';
    localStorage.setItem(STORED, theme);
    show(theme);
  });
  systemIsDark.addEventListener('change', () => show(null));
  show(localStorage.getItem(STORED));
}
