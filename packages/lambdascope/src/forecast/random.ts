/** Random numbers that a seed repeats, and what is drawn by them. */

/** Draws evenly between 0 and 1, both excluded. */
export type Uniform = () => number;

/** Draws from a distribution. */
export type Sampler = () => number;

/** A distribution: draws by the random numbers that it is given. */
export type Distribution = (uniform: Uniform) => Sampler;

/**
 * xoshiro128** of D. Blackman and S. Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM
 * TOMS 47 (2021): 32 bits a draw, which is enough for times; its state is made by splitmix32.
 */
export function createUniform(seed: number): Uniform {
  let seeding = seed | 0;
  const word = () => {
    seeding = (seeding + 0x9e3779b9) | 0;
    let bits = seeding ^ (seeding >>> 16);
    bits = Math.imul(bits, 0x21f0aaad);
    bits = Math.imul(bits ^ (bits >>> 15), 0x735a2d97);
    return bits ^ (bits >>> 15);
  };
  let [a, b, c, d] = [word(), word(), word(), word()];
  return () => {
    const product = Math.imul(b, 5);
    const drawn = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return ((drawn >>> 0) + 0.5) / 2 ** 32;
  };
}

/** Always the same. */
export const fixed =
  (value: number): Distribution =>
  () =>
  () =>
    value;

export const exponential =
  (mean: number): Distribution =>
  (uniform) =>
  () =>
    -mean * Math.log(uniform());

/** By its mean, and its standard deviation as a share of that (Box and Muller 1958). */
export const lognormal =
  (mean: number, variation: number): Distribution =>
  (uniform) => {
    const variance = Math.log(1 + variation ** 2);
    const middle = Math.log(mean) - variance / 2;
    const deviation = Math.sqrt(variance);
    return () =>
      Math.exp(
        middle +
          deviation * Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
      );
  };

/** One of what was measured, each as likely; there must be one. */
export const oneOf =
  (samples: readonly number[]): Distribution =>
  (uniform) =>
  () =>
    samples[Math.floor(uniform() * samples.length)] as number;
