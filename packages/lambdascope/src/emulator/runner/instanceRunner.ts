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
import type { InitializationType } from '../instanceEvents.ts';
import { ThrottledError } from '../lambdaErrors.ts';
import { LocalInstance } from './instance.ts';
import { makeRoom, mostInstances } from './instanceLimit.ts';
import { isProvisioning, keepProvisioned, PROVISION, takeProvisioned } from './provisioned.ts';
import { runnerSettings } from './runnerSettings.ts';
import type { FunctionOptions } from './sandbox.ts';

/** The function's result is none that API Gateway could send. */
export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';
  readonly code = 'malformed_answer';
}

/** What serverless-offline runs a function's invocations with, one at a time. */
export default class InstanceRunner {
  readonly #options: FunctionOptions;
  readonly #env: NodeJS.ProcessEnv;
  #instance: LocalInstance | undefined;

  constructor(options: FunctionOptions, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#env = env;
  }

  /**
   * The function's result.
   *
   * @throws what `LocalInstance.invoke` throws; the next invocation gets a new instance if this one is gone
   * @returns ThrottledError when it needs a new instance and may have none
   * @throws MalformedAnswerError
   */
  async run(event: unknown, context: object): Promise<unknown> {
    if (event === PROVISION) {
      keepProvisioned(this.#make('provisioned-concurrency'));
      return undefined;
    }
    if (!this.#instance?.isAlive) {
      const instance = this.#newInstance();
      // What is thrown here would be logged, and there may be thousands of it.
      if (instance instanceof ThrottledError) return instance;
      this.#instance = instance;
    }
    const result = await this.#instance.invoke(event, context);
    const fault = awaitedResponse() && isRestEvent(event) ? answerFault(result) : undefined;
    if (fault) throw new MalformedAnswerError(`Malformed Lambda proxy response: ${fault}.`);
    return result;
  }

  #newInstance(): LocalInstance | ThrottledError {
    const { functionKey } = this.#options;
    const provisioned = takeProvisioned(functionKey);
    if (provisioned !== undefined) return provisioned;
    try {
      makeRoom(mostInstances());
      runnerSettings().concurrency.grow(functionKey);
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

  /** Ends the instance, and what it is at; a provisioned one that is idle is kept. */
  async cleanup(): Promise<void> {
    const instance = this.#instance;
    this.#instance = undefined;
    if (instance === undefined) return;
    const isProvisioned = instance.initializationType === 'provisioned-concurrency';
    if (isProvisioned && isProvisioning() && !instance.isBusy && instance.isAlive) {
      keepProvisioned(instance);
    } else {
      await instance.end();
    }
  }
}
