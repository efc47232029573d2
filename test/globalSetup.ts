/** Builds the functions once, before any test. */
import { build } from '../tools/build.ts';

export default async function setup(): Promise<void> {
  await build();
}
