/** All that is kept of a request, as the live page shows it. */
import type { Counted } from '../../function/localSink.ts';
import type { BucketCounts, MetricDefinition } from '../../metrics.ts';
import { type Span, spansOf } from '../../span.ts';
import type { InvocationLogs } from '../runner/invocationLogs.ts';
import type { KeptInvocation, KeptRequest } from './keptRequest.ts';
import { phasesOf, type Times } from './phases.ts';
import { curlOf, hasWholeBody, sentOf, shownMessage } from './replay.ts';
import type { LoadedModules, LogLine, RecordedValue, RequestDetail, TimedPart } from './request.ts';

/** What it is told with. */
export interface DetailContext {
  /** The metrics of the service's own. */
  readonly defined: readonly MetricDefinition[];
  /** Origin of the API, as the reader's shell reaches it. */
  readonly origin: string;
  /** What `lambdascope coldstart` found in its function; none before it was run. */
  readonly modules: LoadedModules | undefined;
}

/** The request as it is shown. */
export function requestDetail(
  kept: KeptRequest,
  { defined, origin, modules }: DetailContext,
): RequestDetail {
  const { summary, exchange, traceId, times, invocation } = kept;
  const { api, route, response } = exchange;
  const sent = sentOf(kept);
  return {
    ...summary,
    ...sent,
    route,
    phases: phasesOf(times, summary.isCold),
    ...invocationDetail(invocation, times, defined),
    ...(traceId !== undefined && { traceId }),
    ...(summary.isCold && modules && { modules }),
    ...(response && { response: shownMessage(response) }),
    ...(api && { curl: curlOf(sent, origin) }),
    ...(!hasWholeBody(sent) && { resendNeeds: 'body' as const }),
  };
}

function invocationDetail(
  invocation: KeptInvocation | undefined,
  times: Times,
  defined: readonly MetricDefinition[],
) {
  if (invocation === undefined) return { parts: [], areLogsCut: false, recorded: [] };
  const { spans, logs, counted, countedSeconds, initConcurrency } = invocation;
  const { billedSeconds, memorySizeBytes, maxMemoryUsedBytes } = invocation;
  return {
    parts: spans === undefined ? [] : spansOf(spans).map((span) => partOf(span, times)),
    areLogsCut: logs?.isCut ?? false,
    recorded: counted.map((one) => recordedOf(one, defined)),
    billedSeconds,
    memorySizeBytes,
    ...(countedSeconds !== undefined && { countedSeconds }),
    ...(initConcurrency !== undefined && { initConcurrency }),
    ...(maxMemoryUsedBytes !== undefined && { maxMemoryUsedBytes }),
    ...(logs && { logs: logs.lines.map((line) => logLine(line, times.receivedAt)) }),
  };
}

/** A part of the function, whose time begins with the function's phase. */
function partOf({ name, kind, startMillis, millis }: Span, times: Times): TimedPart {
  const { receivedAt, endedAt, beganAt = times.givenAt ?? receivedAt } = times;
  // The function's clock is another's in a process; nothing reaches beyond the function's phase.
  const startAt = Math.min(beganAt + startMillis, endedAt);
  const endAt = Math.min(startAt + millis, endedAt);
  return {
    name,
    kind,
    startSeconds: (startAt - receivedAt) / 1000,
    seconds: (endAt - startAt) / 1000,
  };
}

function logLine(
  { at, stream, text }: InvocationLogs['lines'][number],
  receivedAt: number,
): LogLine {
  return { startSeconds: (at - receivedAt) / 1000, stream, text: text.replace(/\r?\n$/, '') };
}

function recordedOf(
  [name, value, ...values]: Counted,
  defined: readonly MetricDefinition[],
): RecordedValue {
  const names = defined.find((one) => one.name === name)?.labels ?? [];
  const labels = Object.fromEntries(names.map((label, index) => [label, values[index] ?? '']));
  if (typeof value === 'number') return { name, labels, value };
  return { name, labels, value: value.sum, count: countOf(value) };
}

function countOf({ counts }: BucketCounts): number {
  return counts.reduce((all, count) => all + count, 0);
}
