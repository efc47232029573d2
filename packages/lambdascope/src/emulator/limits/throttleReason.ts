/** Why AWS refuses a request before a function gets it. */

/**
 * - `reserved`: the function's reserved concurrency is in use
 * - `account`: all concurrency that the account, or this machine, has for it is in use
 * - `scaling`: the function would need more new instances than it may get in 10 s
 * - `rate`: more requests a second, for a second or longer, than a usage plan or a method takes
 * - `burst`: more requests at once than it takes; within a second since all its tokens were there
 * - `quota`: the key's requests of the day, week or month are used up
 */
export const throttleReasons = [
  'reserved',
  'account',
  'scaling',
  'rate',
  'burst',
  'quota',
] as const;

export type ThrottleReason = (typeof throttleReasons)[number];
