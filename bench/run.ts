/** `npm run bench [-- name …] [--write]`: measures, prints, and with `--write` keeps `docs/benchmarks.md`. */
import { build } from '../tools/build.ts';
import { coldStart } from './coldStart.ts';
import { writeSection } from './document.ts';
import { forecast } from './forecast.ts';
import { forest } from './forest.ts';
import { limits } from './limits.ts';
import { livePage } from './livePage.ts';
import { loadGenerators } from './loadGenerators.ts';
import { observing } from './observing.ts';
import { MissingProgram } from './programs.ts';
import { type Bench, sectionMarkdown } from './section.ts';

/** Every section, by name, in the order of the document. */
const sections: Readonly<Record<string, Bench>> = {
  forest,
  coldStart,
  limits,
  observing,
  livePage,
  forecast,
  loadGenerators,
};

const names = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const unknown = names.filter((name) => !Object.hasOwn(sections, name));
if (unknown.length > 0) {
  console.error(
    `No such benchmark: ${unknown.join(', ')}. There are: ${Object.keys(sections).join(', ')}.`,
  );
  process.exit(2);
}

await build();
for (const [name, bench] of Object.entries(sections)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.error(`Measuring ${name} …`);
  try {
    const section = await bench();
    console.log(sectionMarkdown(section));
    if (process.argv.includes('--write')) await writeSection(name, section);
  } catch (error) {
    if (!(error instanceof MissingProgram)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
