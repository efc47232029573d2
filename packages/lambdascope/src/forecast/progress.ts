/** How far a simulation is, as a bar on a terminal; nothing elsewhere. */

const WIDTH = 30;
/** Time between two looks, in milliseconds. */
const LOOK = 100;

/** A bar for so much work; `end` leaves no line behind. */
export function showProgress(total: number, stream = process.stderr) {
  let last = performance.now();
  return {
    progress(done: number, name: string): void {
      const now = performance.now();
      if (!stream.isTTY || now - last < LOOK) return;
      last = now;
      const share = done / total;
      const full = Math.round(share * WIDTH);
      const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
      stream.write(`\r\u001B[K${bar} ${Math.floor(share * 100)} %  ${name}`);
    },
    end(): void {
      if (stream.isTTY) stream.write('\r\u001B[K');
    },
  };
}
