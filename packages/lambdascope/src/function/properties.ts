/** What an invocation tells of itself beside its metrics: members of its line in CloudWatch's log, to search and to join by. */
import { isRecording } from '../metrics.ts';

/** Names and values; of another type they are written as texts. */
export type Properties = Readonly<Record<string, string | number | boolean>>;

let told: Record<string, string | number | boolean> = {};

/**
 * Tells properties of the invocation at hand. They are no dimensions: they may have any value, and cost
 * their bytes. What the kit itself writes goes before a property of the same name.
 *
 * @example
 * setProperties({ order_id: order.id });
 */
export function setProperties(properties: Properties): void {
  if (!isRecording()) return;
  for (const [name, value] of Object.entries(properties)) {
    told[name] = ['string', 'number', 'boolean'].includes(typeof value) ? value : String(value);
  }
}

/** An observed invocation ends: what was told in it. */
export function endProperties(): Properties {
  const taken = told;
  told = {};
  return taken;
}
