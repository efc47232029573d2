/** Which modules the time of a piece of work goes to, by V8's own profiler. */
import type { Profiler } from 'node:inspector';

/** Time between two samples, in microseconds. */
const INTERVAL = 200;

/** Files that only measure. */
const OWN = ['./', '../emulator/'].map((path) => new URL(path, import.meta.url).href);

/** Runs it under the profiler; gives the milliseconds of each file. */
export async function profiled<Value>(
  run: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly modules: Readonly<Record<string, number>> }> {
  const { Session } = await import('node:inspector/promises');
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  await session.post('Profiler.start');
  const value = await run();
  const { profile } = await session.post('Profiler.stop');
  session.disconnect();
  return { value, modules: millisByFile(profile) };
}

/** What Node's own code does is of the file that called it. */
function millisByFile({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile) {
  const files = new Map<number, string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (id: number, above: string) => {
    const node = byId.get(id);
    if (node === undefined) return;
    const { url } = node.callFrame;
    const file = /^(file:|\/)/.test(url) ? url : above;
    files.set(id, file);
    for (const child of node.children ?? []) visit(child, file);
  };
  visit(nodes[0]?.id ?? 0, '');
  const millis: Record<string, number> = {};
  for (const [index, id] of samples.entries()) {
    const file = files.get(id) ?? '';
    // A sample stands for the time until the next.
    if (file !== '' && !OWN.some((own) => file.startsWith(own)))
      millis[file] = (millis[file] ?? 0) + (timeDeltas[index + 1] ?? 0) / 1000;
  }
  return millis;
}
