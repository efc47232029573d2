/** Switches between light and dark. */
import { useEffect, useState } from 'preact/hooks';
import { isDark, onColors, switchTheme } from './theme.ts';

export function ThemeButton() {
  const [dark, setDark] = useState(isDark);
  useEffect(() => onColors(() => setDark(isDark())), []);
  return (
    <button
      class="theme"
      id="theme"
      type="button"
      aria-pressed={dark}
      aria-label="Dark theme"
      onClick={switchTheme}
    />
  );
}
