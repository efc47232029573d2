/** Puts together what is sent by OTLP; loaded where something is. */
import type { CountedInvocation } from '../aggregator.ts';
import type { Options } from '../options.ts';
import type { Backend } from '../pushLoop.ts';
import { routesOf } from '../routes.ts';
import type { Serverless } from '../serverless.ts';
import { type ReadFamilies, withStartTimes } from '../startTimes.ts';
import { createFaasMetrics } from './faasMetrics.ts';
import { otlpReceiver } from './otlpReceiver.ts';
import { faasResources, type Sender, senderFamilies } from './resources.ts';

export interface OtlpOptions {
  readonly url: string;
  /** @default prometheus */
  readonly names: NonNullable<Options['otel']>['names'];
  readonly service: Serverless['service'];
  readonly sender: Sender;
}

export interface OtlpMetrics {
  /** Counts what the conventions have and the kit's own metrics do not. */
  readonly onCounted: ((invocation: CountedInvocation) => void) | undefined;
  /** @param read the kit's own metrics and the service's */
  backend(read: ReadFamilies): Backend;
}

export function createOtlpMetrics({ url, names, service, sender }: OtlpOptions): OtlpMetrics {
  if (names !== 'faas') {
    return {
      onCounted: undefined,
      backend: (read) => otlpReceiver(url, async () => [senderFamilies(sender, await read())]),
    };
  }
  const faas = createFaasMetrics(routesOf(service));
  const readFaas = withStartTimes(faas.families);
  return {
    onCounted: faas.observe,
    backend: (read) =>
      otlpReceiver(url, async () => {
        const families = await read();
        return faasResources(sender, service, families, await readFaas());
      }),
  };
}
