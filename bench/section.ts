/** What a benchmark gives: a table that says what was measured, and what follows. */

/** One part of the benchmarks. */
export interface Section {
  readonly title: string;
  /** How it was measured, in a sentence or two. */
  readonly how: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** What the figures say, against the goals. */
  readonly findings: readonly string[];
}

/** Measures one part; prints nothing. */
export type Bench = () => Promise<Section>;

/** A section as Markdown. */
export function sectionMarkdown({ title, how, columns, rows, findings }: Section): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const rule = columns.map((_, index) => (index === 0 ? '---' : '---:'));
  return [
    `## ${title}`,
    '',
    how,
    '',
    line(columns),
    line(rule),
    ...rows.map(line),
    '',
    ...findings.map((finding) => `- ${finding}`),
    '',
  ].join('\n');
}
