/** Reads inits from what Lambda logs of them: `REPORT` lines and `platform.report`, as they come or exported. */

/** What a line says of an invocation that had an init. */
export interface ReportedInit {
  readonly memorySize: number;
  readonly initMillis: number;
  /** The function's name in AWS, where the line has its log group. */
  readonly name?: string;
}

/** The inits of a text; lines of warm invocations and other lines are left out. */
export function reportedInits(text: string): ReportedInit[] {
  return text.split('\n').flatMap((line) => {
    // Whatever a line is wrapped in, quotes within it are escaped.
    const plain = line.replaceAll(/\\+"/g, '"');
    const [, name] = /\/aws\/lambda\/([\w-]+)/.exec(plain) ?? [];
    // An export may have many in one line.
    return plain.split(/(?=REPORT RequestId|"platform\.report")/).flatMap((report) => {
      const memorySize = numberIn(report, /Memory Size: (\d+) MB|"memorySizeMB":\s*(\d+)/);
      const initMillis = numberIn(
        report,
        /Init Duration: ([\d.]+) ms|"initDurationMs":\s*([\d.]+)/,
      );
      if (memorySize === undefined || initMillis === undefined) return [];
      return [{ memorySize, initMillis, ...(name !== undefined && { name }) }];
    });
  });
}

function numberIn(line: string, pattern: RegExp): number | undefined {
  const [, ...found] = pattern.exec(line) ?? [];
  const value = Number(found.find((one) => one !== undefined) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}
