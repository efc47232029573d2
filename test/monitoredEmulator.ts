/** The real emulator with a Pushgateway, and a Prometheus that scrapes it, for tests that ask what Prometheus has. */
import { type EmulatorOptions, startEmulator } from './emulator.ts';
import { startProgram } from './program.ts';
import { prometheusClient } from './prometheusClient.ts';

/** Starts all three; `stop` ends them, also those that had started when another could not. */
export async function startMonitoredEmulator({ env = {}, ...options }: EmulatorOptions = {}) {
  const running: { stop(): unknown }[] = [];
  const stop = async () => {
    for (const each of running.reverse()) await each.stop();
  };
  try {
    const pushgateway = await startProgram('pushgateway');
    running.push(pushgateway);
    const server = await startProgram('prometheus', { 'pushgateway:9091': pushgateway.address });
    running.push(server);
    const emulator = await startEmulator({
      ...options,
      env: { ...env, PUSHGATEWAY_URL: pushgateway.url },
    });
    running.push(emulator);
    return { emulator, prometheus: prometheusClient(server.url), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All that a test needs of them. */
export type MonitoredEmulator = Awaited<ReturnType<typeof startMonitoredEmulator>>;
