/** Times of this process' clock, which never goes back, as Unix time. */

/** Asked for once: it is a getter, and every request asks. */
const { timeOrigin } = performance;

/** Unix time in seconds of a time of `performance.now()`. */
export function unixSeconds(millis: number): number {
  return (timeOrigin + millis) / 1000;
}

/** The time of `performance.now()` of a Unix time in seconds. */
export function millisOf(unix: number): number {
  return unix * 1000 - timeOrigin;
}
