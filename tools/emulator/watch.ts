/** Rebuilds the functions when their sources change. */
import { watch as watchFiles } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from '../build.ts';
import { functionSources } from '../functionSources.ts';
import { root } from '../root.ts';
import type { Turnstile } from './turnstile.ts';

/** Where the sources of the bundles are. */
const SOURCES = new Set([
  'lib',
  'model/artifact.json',
  ...Object.values(functionSources()).map((file) => dirname(file)),
]);

/** Editors write a file in several steps; one build for all of them, after so many milliseconds. */
const SETTLE = 20;

/** Written by the build itself. */
const GENERATED = '.generated.';

/**
 * Watches the sources. From the moment of a change, requests wait until the new build is served.
 *
 * @param replaceInstances ends every instance, so that the next request loads the new bundle
 */
export function rebuildOnChange(turnstile: Turnstile, replaceInstances: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;

  function rebuild(): void {
    void turnstile.close(async () => {
      const started = performance.now();
      try {
        await build();
        await replaceInstances();
        console.log(`Rebuilt in ${Math.round(performance.now() - started)} ms.`);
      } catch (error) {
        console.error(
          `${error instanceof Error ? error.message : error}\nStill serving the build before.`,
        );
      }
    });
  }

  for (const source of SOURCES) {
    watchFiles(join(root, source), { recursive: true, persistent: false }, (_event, name) => {
      if (name?.includes(GENERATED) || name?.includes('.test.') || name?.endsWith('.tmp')) return;
      clearTimeout(timer);
      timer = setTimeout(rebuild, SETTLE);
    });
  }
}
