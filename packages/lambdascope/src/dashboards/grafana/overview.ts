/** Overview: are the promises kept, and the four golden signals. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import * as units from '@grafana/grafana-foundation-sdk/units';
import { metrics, RECENT_SECONDS } from '../../builtInMetrics.ts';
import { foreignMetrics } from '../foreignMetrics.ts';
import { errorBudget, type Objective, objectives } from '../objectives.ts';
import { percent } from '../percent.ts';
import { objectiveSeries } from '../prometheus/objectiveRules.ts';
import {
  lastTold,
  level,
  meanAndTail,
  observations,
  observationsWithin,
  quantile,
  rate,
  SERVER_ERRORS,
  SHOWN,
  share,
  WARM,
} from '../promql.ts';
import type { ServiceDescription } from '../service.ts';
import { dashboard, linkTo, type PlaceablePanel } from './dashboard.ts';
import { badFrom, goodFrom, graph, stackedGraph, stat, thresholdLine } from './panels.ts';

/** The dashboard to begin with. */
export function overview(service: ServiceDescription): Dashboard {
  const { thresholds, runbooks } = service;
  const allowed = errorBudget(thresholds.availability);
  return dashboard(service, {
    name: 'overview',
    title: 'Overview',
    description:
      'Are the promises kept? The objectives, then traffic, errors, latency, saturation.',
    sections: [
      {
        title: 'Objectives',
        lines: [
          objectives(thresholds).flatMap((objective) => [kept(objective), budgetLeft(objective)]),
        ],
      },
      {
        title: 'Now',
        lines: [
          [
            stat({
              title: 'Requests',
              description: 'Answers per second, of every status.',
              unit: units.RequestsPerSecond,
              queries: { Requests: observations(metrics.latency) },
            }),
            stat({
              title: 'Server errors',
              description:
                'Share of requests that failed in our code or ran out of time or memory. A refused input (4xx) is none of it.',
              unit: units.PercentUnit,
              queries: { 'Server errors': serverErrorShare() },
            })
              .decimals(2)
              .thresholds(badFrom(allowed)),
            stat({
              title: 'p95 latency',
              description: 'One request in twenty took longer than this; cold starts included.',
              unit: units.Seconds,
              queries: { p95: quantile(0.95, metrics.latency) },
            })
              .thresholds(badFrom(thresholds.p95Latency.seconds))
              .links([linkTo(service, 'latency', 'Latency analysis')]),
            stat({
              title: 'Instances',
              description:
                'Lambda instances that are alive, and how many are at a request just now. None is normal when ' +
                'nobody asked for a while.',
              unit: units.Short,
              queries: { alive: level(metrics.instances), busy: level(metrics.inFlight) },
            }).links([linkTo(service, 'cold-starts', 'Cold starts')]),
            stat({
              title: 'Alerts firing',
              description: `Prometheus' alerts that fire now.${runbooks ? ` Each has a section in ${runbooks.alerts}.` : ''}`,
              unit: units.Short,
              queries: {
                Alerts: `count(${foreignMetrics.alerts}{alertstate="firing"}) or vector(0)`,
              },
            }).thresholds(badFrom(1)),
            stat({
              title: 'Age of the data',
              description:
                'Time since the aggregator last pushed. It pushes at least every ' +
                `${thresholds.pipeline.heartbeatSeconds} s, so more means that panels show the past.`,
              unit: units.Seconds,
              queries: { Age: `time() - max(${foreignMetrics.pushTime})` },
              noValue: 'no push yet',
            })
              .decimals(0)
              .thresholds(badFrom(thresholds.pipeline.pushAgeSeconds)),
          ],
        ],
      },
      {
        title: 'Traffic',
        lines: [
          [
            stackedGraph({
              title: 'Requests by function',
              description: 'Which function the requests go to.',
              unit: units.RequestsPerSecond,
              queries: { '{{function}}': observations(metrics.latency, { by: ['function'] }) },
            }),
            stackedGraph({
              title: 'Requests by status',
              description:
                'What was answered: 2xx good, 4xx the client must change its request, 5xx ours. ' +
                'The gateway answers 403, 404 and 405 by itself, before any function that could count.',
              unit: units.RequestsPerSecond,
              queries: { '{{status}}': `${rate(metrics.requests, { by: ['status'] })} > 0` },
            }),
          ],
        ],
      },
      {
        title: 'Errors',
        lines: [
          [
            graph({
              title: 'Share of server errors',
              description: 'The line is what the availability objective allows in the long run.',
              unit: units.PercentUnit,
              queries: { 'Server errors': serverErrorShare() },
            })
              .min(0)
              // Without it, Grafana draws "always 0" on an axis up to 10,000 %.
              .axisSoftMax(0.02)
              .thresholds(badFrom(allowed))
              .thresholdsStyle(thresholdLine()),
            stackedGraph({
              title: 'Errors by kind',
              description:
                'validation: the input was refused; handler: our code failed; timeout and memory: the time ' +
                'limit or the memory limit struck.',
              unit: units.RequestsPerSecond,
              queries: {
                '{{kind}}': rate(metrics.errors, { by: ['kind'] }),
              },
            }),
          ],
        ],
      },
      {
        title: 'Latency',
        lines: [
          [
            graph({
              title: 'Latency',
              description:
                'The mean follows few slow requests, the median none of them, p95 and p99 are the slow ones. ' +
                'The line is where the alerts of mean and p95 fire.',
              unit: units.Seconds,
              logarithmic: true,
              queries: meanAndTail(metrics.latency),
            })
              .thresholds(badFrom(thresholds.meanLatency.seconds))
              .thresholdsStyle(thresholdLine())
              .links([linkTo(service, 'latency', 'Latency analysis')]),
            graph({
              title: 'Burn rate of the error budgets',
              description:
                'At 1, the line, the budget lasts exactly for its period. Each alert asks a long and a short ' +
                'window, and fires when the smaller of their rates, which is shown, is too large.',
              unit: units.Short,
              queries: { '{{objective}} over {{window}}': objectiveSeries.alertingBurnRate },
            })
              .min(0)
              .thresholds(badFrom(1))
              .thresholdsStyle(thresholdLine()),
          ],
        ],
      },
      {
        title: 'Saturation',
        lines: [
          [
            graph({
              title: 'Requests in flight and instances',
              description:
                'Each instance takes one request at a time: at equal height there is none to spare. In flight ' +
                `are the most at one time in the last ${RECENT_SECONDS} s, each function's added up.`,
              unit: units.Short,
              queries: {
                instances: level(metrics.instances),
                'in flight': level(metrics.mostInFlight),
              },
              legend: 'below',
            })
              .decimals(0)
              .overrideByName('instances', [
                { id: 'custom.fillOpacity', value: 25 },
                { id: 'custom.lineWidth', value: 0 },
              ])
              .links([linkTo(service, 'cold-starts', 'Cold starts')]),
            stackedGraph({
              title: 'Refused by a limit',
              description:
                'What no function got. reserved, account and scaling: no instance was to be had; rate, burst ' +
                'and quota: a usage plan or a method takes no more.',
              unit: units.RequestsPerSecond,
              queries: { '{{reason}}': rate(metrics.throttled, { by: ['reason'] }) },
              legend: 'below',
            }),
            graph({
              title: 'Event loop of the busiest function',
              description:
                'Share of time that an instance computes between two answers; at 100 % it cannot do more.',
              unit: units.PercentUnit,
              queries: { busiest: `max(${lastTold(metrics.eventLoopUtilization)})` },
            })
              .min(0)
              .max(1)
              .links([linkTo(service, 'resources', 'Resources')]),
          ],
        ],
      },
    ],
  });
}

function kept(objective: Objective): PlaceablePanel {
  return stat({
    title: `${inWords(objective)} (goal ${percent(objective.target)})`,
    description: `Promised: ${objective.promise}. This is the share over the time range shown.`,
    unit: units.PercentUnit,
    queries: { Kept: goodShare(objective) },
  })
    .decimals(2)
    .thresholds(goodFrom(objective.target));
}

function budgetLeft(objective: Objective): PlaceablePanel {
  return stat({
    title: `${inWords(objective)} budget left`,
    description:
      `What is left, in this period, of the failures that the promise allows: ${objective.promise}. ` +
      'Below zero the promise is broken.',
    unit: units.PercentUnit,
    queries: { Left: `${objectiveSeries.budgetLeft}{objective="${objective.name}"}` },
  })
    .decimals(0)
    .thresholds(goodFrom(0));
}

/** Share of the chosen functions' requests that kept the promise, in the shown time range. */
function goodShare({ requests, withinSeconds }: Objective): string {
  const counted = {
    window: SHOWN,
    ...(requests === 'warm' && { where: WARM }),
  };
  const all = observations(metrics.latency, counted);
  return withinSeconds === undefined
    ? `1 - ${share(rate(metrics.errors, { ...counted, where: SERVER_ERRORS }), all)}`
    : share(observationsWithin(metrics.latency, withinSeconds, counted), all);
}

function serverErrorShare(): string {
  return share(rate(metrics.errors, { where: SERVER_ERRORS }), observations(metrics.latency));
}

function inWords({ name }: Objective): string {
  const words = name.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
