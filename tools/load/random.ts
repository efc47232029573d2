/** Random draws that a seed repeats. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of random draws. */
export type Random = ReturnType<typeof createRandom>;

/** The draws of a seed, a 32-bit integer: always the same. */
export function createRandom(seed: number) {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  return {
    /** From 0, included, to 1, excluded. */
    uniform,
    /** Mean 0, standard deviation 1 (Box and Muller 1958). */
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    /** One of the items; there must be one. */
    pick: <Item>(items: readonly Item[]): Item =>
      items[Math.floor(uniform() * items.length)] as Item,
  };
}
