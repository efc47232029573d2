/** What classes and features may be called, and how many classes there may be. */

/** The one name that cannot be a key of a JavaScript object. */
export const RESERVED_NAME = '__proto__';

/** Whether a text breaks a line, or says to a terminal what to do; a name is not to. */
export function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text);
}

/** The most classes that a model can have: a class is one byte. */
export const MAX_CLASSES = 256;
