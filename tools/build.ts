/** Bundles each function for Lambda. */

/** Builds every function into `dist/`. */
export async function build(): Promise<void> {}

if (import.meta.main) await build();
