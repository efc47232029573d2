/** Resources: what the API's container and its process use, payload sizes, and the metrics' own way. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics, RECENT_SECONDS } from '../../builtInMetrics.ts';
import { cpuLimit, cpuUsed, memoryLimit, memoryUsed } from '../containers.ts';
import { foreignMetrics } from '../foreignMetrics.ts';
import { amount, CHOSEN, lastTold, peaks, quantile } from '../promql.ts';
import { recordings } from '../recordings.ts';
import type { ServiceDescription } from '../service.ts';
import { ofContainer } from './container.ts';
import { dashboard } from './dashboard.ts';
import { badFrom, dashed, goodFrom, graph, named, stat, thresholdLine } from './panels.ts';

const NO_CONTAINER = 'no container seen';
const { eventLoopLag, emulatorHeap, processCpu, processMemory, pushTime, up } = foreignMetrics;
/** Other programs have process metrics too; only the emulator is a Node process. */
const OF_EMULATOR = `and on (job, instance) ${foreignMetrics.nodeVersion}`;
const CORES = 'suffix: cores';
/** Stands for the share of a limit where there is none; a share is never negative. */
const UNLIMITED = -1;

/** The dashboard of what runs the service. */
export function resources(service: ServiceDescription): Dashboard {
  const { thresholds } = service;
  const shares = recordings(thresholds);
  return dashboard(service, {
    name: 'resources',
    title: 'Resources',
    description:
      'Processor and memory of the API, event loop, heap, payloads, and the way of the metrics.',
    sections: [
      {
        title: 'Process of the emulator, with or without a container',
        lines: [
          [
            graph({
              title: 'CPU of the process',
              description: 'Cores in use, all instances together.',
              unit: CORES,
              legend: 'below',
              queries: { '{{instance}}': `rate(${processCpu}[$interval]) ${OF_EMULATOR}` },
            }).min(0),
            graph({
              title: 'Memory of the process',
              description:
                'Resident memory of all instances together, and the heap of the main thread.',
              unit: units.BytesIEC,
              legend: 'below',
              queries: {
                'resident, {{instance}}': `${processMemory} ${OF_EMULATOR}`,
                'main heap, {{instance}}': `${emulatorHeap} ${OF_EMULATOR}`,
              },
            }).min(0),
            graph({
              title: 'Lag of the main event loop',
              description:
                'p99 of the delay before the emulator, which is also the gateway, gets to a request.',
              unit: units.Seconds,
              legend: 'below',
              queries: { '{{instance}}': `${eventLoopLag} ${OF_EMULATOR}` },
            }).min(0),
          ],
        ],
      },
      {
        title: 'Instances',
        lines: [
          [
            graph({
              title: 'Event loop by function',
              description: 'Share of time that the instance which answered last was busy.',
              unit: units.PercentUnit,
              queries: {
                '{{function}}': lastTold(metrics.eventLoopUtilization),
              },
              legend: 'below',
            })
              .min(0)
              .max(1),
            graph({
              title: 'Heap by function',
              description:
                'JavaScript heap of the instance that answered last. A saw-tooth is healthy, a slope is a leak.',
              unit: units.BytesIEC,
              queries: { '{{function}}': lastTold(metrics.heapUsed) },
              legend: 'below',
            }).min(0),
            graph({
              title: 'Memory used, of what a function has',
              description:
                `The largest instance during an invocation of the last ${RECENT_SECONDS} s, as a share of ` +
                'memorySize in serverless.yml; 0 when there was none. At 100 % it is ended.',
              unit: units.PercentUnit,
              queries: {
                '{{function}}': `${peaks(metrics.maxMemoryUsed)} / ${lastTold(metrics.memorySize)}`,
              },
              legend: 'below',
            })
              .min(0)
              .max(1),
          ],
        ],
      },
      {
        title: 'Payloads',
        lines: [
          [
            dashed(
              graph({
                title: 'Size of requests and answers',
                description: 'p95 of the bodies, requests dashed.',
                unit: units.BytesIEC,
                logarithmic: true,
                queries: {
                  'request, {{function}}': quantile(0.95, metrics.requestSize, {
                    by: ['function'],
                  }),
                  'answer, {{function}}': quantile(0.95, metrics.responseSize, {
                    by: ['function'],
                  }),
                },
              }),
              /^request/,
            ),
            graph({
              title: 'Bytes in and out',
              description: 'Bodies only, without headers.',
              unit: units.BytesPerSecondIEC,
              queries: { in: amount(metrics.requestSize), out: amount(metrics.responseSize) },
            }),
          ],
        ],
      },
      {
        title: 'The way of the metrics',
        lines: [
          [
            stat({
              title: 'Targets that answer',
              description: 'What Prometheus scrapes. One that is down is missing from every panel.',
              unit: units.Short,
              queries: { '{{job}}': `min by (job) (${up})` },
              names: [named(0, 'down', 'red'), named(1, 'up', 'green')],
              noValue: 'no targets',
            }).thresholds(goodFrom(1)),
          ],
          [
            graph({
              title: 'Age of the data',
              description:
                'Time since the aggregator last pushed. The line is where the alert fires: it pushes at least ' +
                `every ${thresholds.pipeline.heartbeatSeconds} s.`,
              unit: units.Seconds,
              queries: { '{{instance}}': `time() - ${pushTime}` },
              noValue: 'no push yet',
            })
              .min(0)
              .thresholds(badFrom(thresholds.pipeline.pushAgeSeconds))
              .thresholdsStyle(thresholdLine()),
          ],
        ],
      },
      {
        title:
          'Container of the API, where Docker and cAdvisor run; all Lambda instances are threads in it',
        collapsed: true,
        lines: [
          [
            stat({
              title: 'CPU, share of its limit',
              description: 'Of the quota, or of the machine where the container has none.',
              unit: units.PercentUnit,
              queries: {
                '{{container}}': ofContainer(
                  (matcher) => `${shares.containerCpu.record}{${matcher}}`,
                ),
              },
              noValue: NO_CONTAINER,
            })
              .decimals(0)
              .thresholds(badFrom(thresholds.containerCpu.ratio)),
            stat({
              title: 'Memory, share of its limit',
              description: 'Working set; at 100 % the kernel ends the container.',
              unit: units.PercentUnit,
              queries: {
                '{{container}}': `${ofContainer(
                  (matcher) => `${shares.containerMemory.record}{${matcher}}`,
                )} or ${UNLIMITED} + 0 * ${ofContainer(memoryUsed)}`,
              },
              names: [named(UNLIMITED, 'no limit set', 'text')],
              noValue: NO_CONTAINER,
            })
              .decimals(0)
              .thresholds(badFrom(thresholds.containerMemory.ratio)),
          ],
          [
            dashed(
              graph({
                title: 'CPU',
                description:
                  'Cores in use and, dashed, the limit: the quota, or the machine where there is none. Where cAdvisor cannot tell names, all containers show.',
                unit: CORES,
                queries: {
                  '{{container}}': ofContainer((matcher) => cpuUsed(matcher, CHOSEN)),
                  'limit of {{container}}': ofContainer(cpuLimit),
                },
                noValue: NO_CONTAINER,
              }).min(0),
              /^limit of/,
            ),
            dashed(
              graph({
                title: 'Memory',
                description: 'Working set and, dashed, the limit.',
                unit: units.BytesIEC,
                queries: {
                  '{{container}}': ofContainer(memoryUsed),
                  'limit of {{container}}': ofContainer(memoryLimit),
                },
                noValue: NO_CONTAINER,
              }).min(0),
              /^limit of/,
            ),
          ],
        ],
      },
    ],
  });
}
