/**
 * Runs a function's invocations in an instance, in place of serverless-offline's own runner. For every
 * invocation that one opens a message channel, resolves the function's file anew and writes the
 * environment again, which takes as long as all the rest of a request; it does not notice when its
 * thread ends; and its time limit includes the init, is no earlier than answers that wait to be read,
 * and keeps each answer until it is over.
 */
import { isRestEvent } from '../../function/invocationFacts.ts';
import { answerFault } from '../../function/proxyAnswer.ts';
import { awaitedResponse, withoutResponse } from '../awaitedResponse.ts';
import { type InitializationType, isProvisioned } from '../instanceEvents.ts';
import { ThrottledError } from '../lambdaErrors.ts';
import { keepIdle, takeIdle } from './idleInstances.ts';
import { LocalInstance } from './instance.ts';
import { makeRoom, mostInstances } from './instanceLimit.ts';
import { isProvisioning, PROVISION } from './provisioned.ts';
import { runnerSettings } from './runnerSettings.ts';
import type { FunctionOptions } from './sandbox.ts';

/** The function's result is none that API Gateway could send. */
export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';
  readonly code = 'malformed_answer';
}

/**
 * What serverless-offline runs a function's invocations with, one at a time. Which instance has them is
 * open: whichever waits.
 */
export default class InstanceRunner {
  readonly #options: FunctionOptions;
  readonly #env: NodeJS.ProcessEnv;
  #last: LocalInstance | undefined;

  constructor(options: FunctionOptions, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#env = env;
  }

  /**
   * The function's result.
   *
   * @returns ThrottledError when it needs a new instance and may have none; thrown it would be logged, and
   *   there may be thousands of it
   * @throws what `LocalInstance.invoke` throws
   * @throws MalformedAnswerError
   */
  async run(event: unknown, context: object): Promise<unknown> {
    if (event === PROVISION) {
      this.#make('provisioned-concurrency');
      return undefined;
    }
    const instance = takeIdle(this.#options.functionKey) ?? this.#newInstance();
    if (instance instanceof ThrottledError) return instance;
    this.#last = instance;
    lastRunner.set(instance, this);
    try {
      const result = await instance.invoke(event, context);
      const fault = awaitedResponse() && isRestEvent(event) ? answerFault(result) : undefined;
      if (fault) throw new MalformedAnswerError(`Malformed Lambda proxy response: ${fault}.`);
      return result;
    } finally {
      if (instance.isAlive) keepIdle(instance);
    }
  }

  #newInstance(): LocalInstance | ThrottledError {
    try {
      makeRoom(mostInstances());
      runnerSettings().concurrency.grow(this.#options.functionKey);
    } catch (error) {
      if (error instanceof ThrottledError) return error;
      throw error;
    }
    return this.#make('on-demand');
  }

  #make(type: InitializationType): LocalInstance {
    const options = { ...this.#options, ...runnerSettings() };
    return withoutResponse(() => new LocalInstance(options, this.#env, type));
  }

  /**
   * serverless-offline does without this runner, for it was idle, or all end. Ends the instance that nobody
   * has used since, and what it is at.
   */
  async cleanup(): Promise<void> {
    const instance = this.#last;
    this.#last = undefined;
    if (instance === undefined || lastRunner.get(instance) !== this) return;
    const isKept = isProvisioned(instance) && isProvisioning() && !instance.isBusy;
    if (!isKept) await instance.end();
  }
}

/** Which runner an instance had its last invocation from. */
const lastRunner = new WeakMap<LocalInstance, InstanceRunner>();
