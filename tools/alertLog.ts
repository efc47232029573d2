/**
 * A receiver for Alertmanager's webhook that prints each notification, one line an alert: the
 * default until somebody adds a channel of their own. `node tools/alertLog.ts` runs it alone.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { bindHost } from 'lambdascope/emulator/environment';
import { localPort } from './localConfig.ts';

/** What Alertmanager posts to a webhook (version 4), as far as it is read here. */
export interface Notification {
  readonly status: 'firing' | 'resolved';
  /** Name of the receiver in alertmanager.yml. */
  readonly receiver: string;
  readonly alerts: readonly NotifiedAlert[];
}

/** One alert of a notification. */
export interface NotifiedAlert {
  readonly status: 'firing' | 'resolved';
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface AlertLogOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  /** @default prints a line for each alert */
  readonly onNotification?: ((notification: Notification) => void) | undefined;
}

/** What takes notifications. */
export type AlertLog = Awaited<ReturnType<typeof startAlertLog>>;

/** Starts the receiver. Anything but a notification is answered with 400. */
export async function startAlertLog({
  port,
  host = '127.0.0.1',
  onNotification = printNotification,
}: AlertLogOptions) {
  const server = createServer(async (request, response) => {
    try {
      onNotification(await readNotification(request));
      response.writeHead(200);
    } catch {
      response.writeHead(400);
    }
    response.end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, host, resolve);
  });
  const address = server.address();
  const bound = address !== null && typeof address === 'object' ? address.port : port;
  return {
    /** Where Alertmanager posts to. */
    url: `http://${host}:${bound}/`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `FIRING critical MeanLatencyHigh: predict takes 1.2s on average (docs/runbooks.md#meanlatencyhigh)`. */
export function describeAlert({ status, labels, annotations }: NotifiedAlert): string {
  const { alertname, severity = '' } = labels;
  const { summary = '', runbook_url } = annotations;
  const runbook = runbook_url === undefined ? '' : ` (${runbook_url})`;
  const line = `${status.toUpperCase()} ${severity} ${alertname}: ${summary}${runbook}`;
  // Label values come from outside, and a terminal obeys control characters.
  return line.replaceAll(/\p{Cc}/gu, ' ');
}

function printNotification({ alerts }: Notification): void {
  for (const alert of alerts) console.log(`${new Date().toISOString()} ${describeAlert(alert)}`);
}

async function readNotification(request: IncomingMessage): Promise<Notification> {
  const body = (await json(request)) as Partial<Notification> | null;
  if (!Array.isArray(body?.alerts)) throw new TypeError('not a notification');
  return body as Notification;
}

if (import.meta.main) {
  const log = await startAlertLog({ port: localPort('alertLog').port, host: bindHost() });
  console.log(`Alerts are printed here; Alertmanager posts them to ${log.url}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => log.stop());
}
