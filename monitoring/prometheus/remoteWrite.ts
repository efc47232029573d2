/** Sends what Prometheus scrapes on to a store that outlives one machine. */
import { stringify } from 'yaml';

/** A store that takes Prometheus' remote-write protocol: Mimir, Grafana Cloud, Amazon Managed Prometheus. */
export interface RemoteWrite {
  readonly url: string;
  /** User and file of the password, below monitoring/prometheus or absolute. */
  readonly basicAuth?: { readonly username: string; readonly passwordFile: string } | undefined;
  /** Region to sign requests for (AWS), with the credentials that the machine has. */
  readonly awsRegion?: string | undefined;
}

/** prometheus.yml with the store added; Prometheus itself expands no variable there. */
export function withRemoteWrite(
  source: string,
  { url, basicAuth, awsRegion }: RemoteWrite,
): string {
  const store = {
    url,
    ...(basicAuth && {
      basic_auth: { username: basicAuth.username, password_file: basicAuth.passwordFile },
    }),
    ...(awsRegion && { sigv4: { region: awsRegion } }),
  };
  return `${source}\n${stringify({ remote_write: [store] })}`;
}
