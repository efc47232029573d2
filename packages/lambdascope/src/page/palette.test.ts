import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('page.css', import.meta.url), 'utf8');

/** Colours of the style sheet by name, light and dark. */
const palette = new Map(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
);

/** Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(name: string, ground: string, theme: 'light' | 'dark'): number {
  const [lighter = 0, darker = 0] = [name, ground]
    .map((one) => luminance(palette.get(one)?.[theme] ?? ''))
    .sort((a, b) => b - a);
  return (lighter + 0.05) / (darker + 0.05);
}

describe.each(['light', 'dark'] as const)('the %s colours', (theme) => {
  it.each([
    ...['text', 'muted', 'accent', 'good', 'warn', 'bad', 'purple'].map((name) => [name, 'panel']),
    ...['text', 'muted', 'accent', 'good', 'warn', 'bad', 'purple'].map((name) => [name, 'page']),
    ...['text', 'muted', 'good', 'warn', 'bad', 'purple'].map((name) => [name, 'hover']),
    ['text', 'changed'],
    ['panel', 'accent'],
  ])('let %s be read on %s (WCAG AA: 4.5 to 1)', (name, ground) => {
    expect(contrast(name ?? '', ground ?? '', theme)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['blue', 'blue-light', 'green', 'amber', 'purple', 'vermilion', 'good', 'control'])(
    'let a line in %s be seen (WCAG AA: 3 to 1)',
    (name) => {
      expect(contrast(name, 'panel', theme)).toBeGreaterThanOrEqual(3);
    },
  );
});
