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
import { maxInstances } from '../environment.ts';
import { instanceEvents } from '../instanceEvents.ts';
import { type FunctionOptions, ThreadInstance } from './instance.ts';
import { instancesThatFit, makeRoom } from './instanceLimit.ts';

/** Instances at once, at most; over it a request is refused. */
const MOST_INSTANCES = maxInstances() ?? instancesThatFit();

/** The function's result is none that API Gateway could send. */
export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';
  readonly code = 'malformed_answer';
}

/** What serverless-offline runs a function's invocations with, one at a time. */
export default class InstanceRunner {
  readonly #options: FunctionOptions;
  readonly #env: NodeJS.ProcessEnv;
  #instance: ThreadInstance | undefined;

  constructor(options: FunctionOptions, env: NodeJS.ProcessEnv) {
    this.#options = options;
    this.#env = env;
  }

  /**
   * The function's result.
   *
   * @throws what `ThreadInstance.invoke` throws; the next invocation gets a new instance if this one is gone
   * @throws TooManyInstancesError when it needs a new one and there is no room
   * @throws MalformedAnswerError
   */
  async run(event: unknown, context: unknown): Promise<unknown> {
    if (!this.#instance?.isAlive) {
      this.#makeRoom(event);
      this.#instance = withoutResponse(() => new ThreadInstance(this.#options, this.#env));
    }
    const result = await this.#instance.invoke(event, context);
    const fault = awaitedResponse() && isRestEvent(event) ? answerFault(result) : undefined;
    if (fault) throw new MalformedAnswerError(`Malformed Lambda proxy response: ${fault}.`);
    return result;
  }

  #makeRoom(event: unknown): void {
    try {
      makeRoom(MOST_INSTANCES);
    } catch (error) {
      const { functionKey } = this.#options;
      instanceEvents.emit('refused', {
        function: functionKey,
        event,
        response: awaitedResponse(),
        reason: 'account',
      });
      throw error;
    }
  }

  /** Ends the instance, and what it is at. */
  async cleanup(): Promise<void> {
    await this.#instance?.end();
  }
}
