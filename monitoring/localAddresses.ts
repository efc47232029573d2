/**
 * The configuration of the compose network for programs that run beside each other on loopback: each
 * name, such as `pushgateway:9091`, becomes the address where that program listens.
 */
import { resolve } from 'node:path';
import { parse, stringify } from 'yaml';

/** Loopback addresses (`127.0.0.1:19091`) by names in the compose network (`pushgateway:9091`). */
export type LocalAddresses = Readonly<Record<string, string>>;

/** What is read of prometheus.yml; the rest is kept as it is. */
interface PrometheusConfig {
  rule_files: string[];
  remote_write?: { basic_auth?: { password_file: string } }[];
  scrape_configs: { static_configs: { targets: string[] }[] }[];
}

/** A configuration with every name that has an address replaced by it. */
export function withLocalAddresses(source: string, addresses: LocalAddresses): string {
  return source.replaceAll(/\b[a-z][a-z-]*:\d{2,5}\b/g, (name) => addresses[name] ?? name);
}

/**
 * prometheus.yml for loopback, to be written anywhere: without the jobs whose program has no address,
 * and with absolute paths.
 *
 * @param folder absolute path of the folder that prometheus.yml lies in
 */
export function localPrometheusConfig(
  source: string,
  addresses: LocalAddresses,
  folder: string,
): string {
  const config = parse(source) as PrometheusConfig;
  const runs = (target: string) => target in addresses;
  for (const { basic_auth } of config.remote_write ?? []) {
    if (basic_auth) basic_auth.password_file = resolve(folder, basic_auth.password_file);
  }
  const local = {
    ...config,
    rule_files: config.rule_files.map((path) => resolve(folder, path)),
    scrape_configs: config.scrape_configs.filter((job) =>
      job.static_configs.every(({ targets }) => targets.every(runs)),
    ),
  };
  return withLocalAddresses(stringify(local), addresses);
}
