/** Keeps `docs/benchmarks.md`: each section between its own marks, so that one can be measured anew. */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { root } from '../tools/root.ts';
import { type Section, sectionMarkdown } from './section.ts';

const FILE = join(root, 'docs/benchmarks.md');

/** Replaces a section, or adds it at the end. */
export async function writeSection(name: string, section: Section): Promise<void> {
  const text = await readFile(FILE, 'utf8');
  const begin = `<!-- bench:${name} -->`;
  const end = `<!-- /bench:${name} -->`;
  const block = `${begin}\n${sectionMarkdown(section)}\n_${circumstances()}_\n${end}\n`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  const next =
    from < 0
      ? `${text.trimEnd()}\n\n${block}`
      : text.slice(0, from) + block + text.slice(to + end.length + 1);
  await writeFile(FILE, next);
}

/** Machine, versions and date. */
function circumstances(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root })
    .toString()
    .trim();
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${processors.length} × ${processors[0]?.model.trim()}, ${memory} GiB, Node ${process.versions.node}, commit ${commit}`;
}
