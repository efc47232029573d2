/** Which instances are alive and what each is answering, told apart by their thread. */
import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { Invocation } from '../lib/observation.ts';
import { requestFacts } from '../lib/requestFacts.ts';

/** An invocation that its instance did not live to answer. */
export interface Lost {
  readonly invocation: Invocation;
  /** From when the instance was given it to the instance's end. */
  readonly seconds: number;
}

/** The instances of this emulator; times are of `performance.now()`. */
export interface Instances {
  /** Grows with every change. */
  readonly changes: number;
  /** The emulator made the thread. */
  created(thread: number, at: number): void;
  /** The function's module has loaded; only from now on is it known whose instance it is. */
  loaded(thread: number, functionName: string, at: number): void;
  /** The emulator gave it an invocation. */
  given(thread: number, event: APIGatewayProxyEvent, at: number): void;
  /** It has answered; not what it was given after `at`. */
  answered(thread: number, at: number): void;
  /** The thread is gone; gives what it had not answered. */
  ended(thread: number, at: number): Lost | undefined;
  /** The function of each instance, busy or idle. */
  alive(): readonly string[];
  /** The function of each instance that is answering. */
  busy(): readonly string[];
}

interface Instance {
  readonly createdAt: number;
  function?: string;
  loadedAt?: number;
  hasAnswered: boolean;
  /** An instance has one invocation at a time. */
  given?: { readonly event: APIGatewayProxyEvent; readonly at: number } | undefined;
}

/** No instances yet. */
export function createInstances(): Instances {
  const instances = new Map<number, Instance>();
  let changes = 0;

  function functionsOf(which: (instance: Instance) => boolean): string[] {
    return [...instances.values()].filter(which).flatMap((instance) => instance.function ?? []);
  }

  return {
    get changes() {
      return changes;
    },
    created(thread, at) {
      instances.set(thread, { createdAt: at, hasAnswered: false });
    },
    loaded(thread, functionName, at) {
      changes += 1;
      const instance = instances.get(thread);
      if (instance) Object.assign(instance, { function: functionName, loadedAt: at });
    },
    given(thread, event, at) {
      changes += 1;
      const instance = instances.get(thread);
      if (instance) instance.given = { event, at };
    },
    answered(thread, at) {
      const instance = instances.get(thread);
      if (instance === undefined) return;
      instance.hasAnswered = true;
      if (instance.given && instance.given.at <= at) instance.given = undefined;
    },
    ended(thread, at) {
      changes += 1;
      const instance = instances.get(thread);
      instances.delete(thread);
      return instance && lost(thread, instance, at);
    },
    alive: () => functionsOf(() => true),
    busy: () => functionsOf(({ given }) => given !== undefined),
  };
}

/** What an instance takes with it; nothing, if it is not known to be one of a function that observes. */
function lost(thread: number, instance: Instance, at: number): Lost | undefined {
  const { function: name, loadedAt = 0, createdAt, hasAnswered, given } = instance;
  if (name === undefined || given === undefined) return undefined;
  return {
    invocation: {
      instance: `thread ${thread}`,
      function: name,
      coldStart: !hasAnswered,
      initSeconds: hasAnswered ? 0 : (loadedAt - createdAt) / 1000,
      ...requestFacts(given.event),
    },
    seconds: (at - given.at) / 1000,
  };
}
