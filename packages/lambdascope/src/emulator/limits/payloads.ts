/** How large requests, events and results may be in AWS. */

/**
 * Bytes of an event, as JSON ("Lambda quotas": 6 MB, and 1 MB asynchronous since October 2025, 256 KB
 * before).
 */
export const EVENT_BYTES = { RequestResponse: 6 * 2 ** 20, Event: 2 ** 20 } as const;

/** Bytes of a result, as JSON: 6 MB and 100 bytes, as Lambda's own message says. */
const RESULT_BYTES = 6 * 2 ** 20 + 100;

/** A payload that is too large. */
export interface Excess {
  readonly bytes: number;
  readonly limit: number;
}

/** Whether an event is larger than Lambda takes, by how it is invoked. */
export function eventExcess(
  event: unknown,
  invocation: keyof typeof EVENT_BYTES,
): Excess | undefined {
  return excess(event, EVENT_BYTES[invocation]);
}

/** Whether a result is larger than Lambda gives to who waits for it. */
export function resultExcess(result: unknown): Excess | undefined {
  return excess(result, RESULT_BYTES);
}

/** @throws when a large value is no JSON, or one is nested without end */
function excess(value: unknown, limit: number): Excess | undefined {
  if (roomBeside(value, limit) >= 0) return undefined;
  const bytes = Buffer.byteLength(JSON.stringify(value) ?? 'null');
  return bytes > limit ? { bytes, limit } : undefined;
}

/** Bytes of a value as JSON besides its characters: 24 of a number, and quotes, colon and comma. */
const VALUE_BYTES = 32;

/** Bytes of a character as JSON, at most: `\u0000`. */
const CHARACTER_BYTES = 6;

/**
 * What a value certainly leaves of some bytes; below 0 when it may leave none. Every invocation asks:
 * texts are but measured, and lists gone through by index, which makes it a quarter of JSON.stringify.
 */
function roomBeside(value: unknown, bytes: number): number {
  let room = bytes - VALUE_BYTES;
  if (typeof value === 'string') return room - CHARACTER_BYTES * value.length;
  if (typeof value !== 'object' || value === null) return room;
  // What has toJSON may become anything.
  if ('toJSON' in value) return -1;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length && room >= 0; i += 1) {
      room = roomBeside(value[i], room);
    }
    return room;
  }
  for (const key in value) {
    if (room < 0) return room;
    room = roomBeside(
      (value as Readonly<Record<string, unknown>>)[key],
      room - CHARACTER_BYTES * key.length,
    );
  }
  return room;
}
