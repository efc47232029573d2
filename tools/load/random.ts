/** Random draws that a seed repeats. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A source of random draws. */
export interface Random {
  /** From 0, included, to 1, excluded. */
  uniform(): number;
  /** Mean 0, standard deviation 1 (Box and Muller 1958). */
  normal(): number;
  /** One of the items; there must be one. */
  pick<Item>(items: readonly Item[]): Item;
}

/** The draws of a seed, a 32-bit integer: always the same. */
export function createRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    pick: (items) => items[Math.floor(uniform() * items.length)] as (typeof items)[number],
  };
}
