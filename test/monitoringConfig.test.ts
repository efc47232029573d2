/** The configuration of Prometheus and Alertmanager: valid as it stands, and as it is changed for loopback. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RECENT_SECONDS } from 'lambdascope/builtInMetrics';
import { thresholds } from 'lambdascope/dashboards/thresholds';
import { LocalConfigError } from 'lambdascope/emulator/environment';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { localPrometheusConfig, withLocalAddresses } from '../monitoring/localAddresses.ts';
import { withRemoteWrite } from '../monitoring/prometheus/remoteWrite.ts';
import { remoteWrite } from '../tools/localConfig.ts';
import { root } from '../tools/root.ts';
import { expectSuccess } from './expectSuccess.ts';
import { missing } from './servers.ts';
import { temporaryFolder } from './temporaryFolder.ts';

const prometheusFolder = join(root, 'monitoring/prometheus');
const prometheusConfig = readFileSync(join(prometheusFolder, 'prometheus.yml'), 'utf8');
const alertmanagerFile = join(root, 'monitoring/alertmanager/alertmanager.yml');
const scratch = temporaryFolder();

describe.skipIf(missing('promtool'))('promtool', () => {
  it('accepts the configuration', () => {
    expectSuccess('promtool', 'check', 'config', join(prometheusFolder, 'prometheus.yml'));
  });

  it('accepts the configuration for loopback, with a store to send to', () => {
    const file = join(scratch, 'prometheus.yml');
    const store = {
      url: 'https://metrics.example.org/api/v1/push',
      basicAuth: { username: '12345', passwordFile: 'secrets/remote-write' },
    };
    writeFileSync(
      file,
      localPrometheusConfig(
        withRemoteWrite(prometheusConfig, store),
        { 'pushgateway:9091': '127.0.0.1:19091', 'alertmanager:9093': '127.0.0.1:19093' },
        prometheusFolder,
      ),
    );
    expectSuccess('promtool', 'check', 'config', '--syntax-only', file);
    const config = parse(readFileSync(file, 'utf8'));
    expect(config.remote_write[0].basic_auth.password_file).toBe(
      join(prometheusFolder, 'secrets/remote-write'),
    );
    // The programs that do not run have no job, so that their absence is no alarm.
    expect(config.scrape_configs).toMatchObject([
      { job_name: 'pushgateway', static_configs: [{ targets: ['127.0.0.1:19091'] }] },
      { job_name: 'alertmanager', static_configs: [{ targets: ['127.0.0.1:19093'] }] },
    ]);
  });

  it('accepts a store that takes requests signed for AWS', () => {
    const file = join(scratch, 'aws.yml');
    const store = { url: 'https://aps.example.org/api/v1/remote_write', awsRegion: 'eu-central-1' };
    const config = localPrometheusConfig(withRemoteWrite(prometheusConfig, store), {}, '/');
    writeFileSync(file, config);
    expectSuccess('promtool', 'check', 'config', '--syntax-only', file);
  });
});

describe.skipIf(missing('amtool'))('amtool', () => {
  it('accepts the configuration', () => {
    expectSuccess('amtool', 'check-config', alertmanagerFile);
  });

  it.each([
    ['critical', 'page'],
    ['warning', 'notice'],
  ])('routes %s alerts to the receiver %s', (severity, receiver) => {
    const severityLabel = `severity=${severity}`;
    const routed = expectSuccess(
      'amtool',
      'config',
      'routes',
      'test',
      `--config.file=${alertmanagerFile}`,
      severityLabel,
    );
    expect(routed.trim()).toBe(receiver);
  });
});

describe('the committed configuration', () => {
  it('does not send samples to anybody', () => {
    expect(parse(prometheusConfig)).not.toHaveProperty('remote_write');
  });

  it('scrapes the Pushgateway every 5 s and leaves the pushed labels alone', () => {
    const { global, scrape_configs } = parse(prometheusConfig);
    expect(global.scrape_interval).toBe('5s');
    const twoScrapes = 2 * Number.parseInt(global.scrape_interval, 10);
    expect(thresholds.pipeline.holdSeconds).toBe(twoScrapes);
    expect(RECENT_SECONDS).toBe(thresholds.pipeline.holdSeconds + twoScrapes);
    expect(scrape_configs).toContainEqual(
      expect.objectContaining({ job_name: 'pushgateway', honor_labels: true }),
    );
  });

  it('loads every rule file, of the objectives one profile', () => {
    const { rule_files } = parse(prometheusConfig);
    expect(rule_files).toEqual([
      'rules/recordings.yml',
      'rules/alerts.yml',
      'rules/objectives-demo.yml',
    ]);
  });

  it('tells nobody outside of an alert, and holds no secret', () => {
    const { receivers } = parse(readFileSync(alertmanagerFile, 'utf8'));
    for (const { name, webhook_configs, ...others } of receivers) {
      expect(others, name).toEqual({});
      expect(webhook_configs).toEqual([{ url: 'http://alert-log:9095/', send_resolved: true }]);
    }
  });

  it('replaces only whole names by loopback addresses', () => {
    expect(
      withLocalAddresses('http://alert-log:9095/ not-alert-log:9095 smtp.example.org:587', {
        'alert-log:9095': '127.0.0.1:1',
      }),
    ).toBe('http://127.0.0.1:1/ not-alert-log:9095 smtp.example.org:587');
  });
});

describe('the store that samples are sent on to', () => {
  const REMOTE_WRITE_URL = 'https://metrics.example.org/api/v1/push';

  it('is none unless asked for', () => {
    expect(remoteWrite({})).toBeUndefined();
    expect(remoteWrite({ REMOTE_WRITE_URL: '' })).toBeUndefined();
  });

  it('is read from the environment', () => {
    expect(
      remoteWrite({
        REMOTE_WRITE_URL,
        REMOTE_WRITE_USERNAME: '12345',
        REMOTE_WRITE_PASSWORD_FILE: 'secrets/remote-write',
      }),
    ).toEqual({
      url: REMOTE_WRITE_URL,
      basicAuth: { username: '12345', passwordFile: 'secrets/remote-write' },
    });
    expect(remoteWrite({ REMOTE_WRITE_URL, REMOTE_WRITE_AWS_REGION: 'eu-central-1' })).toEqual({
      url: REMOTE_WRITE_URL,
      awsRegion: 'eu-central-1',
    });
  });

  it.each([
    [{ REMOTE_WRITE_URL: 'metrics.example.org' }, 'REMOTE_WRITE_URL=metrics.example.org'],
    [{ REMOTE_WRITE_URL, REMOTE_WRITE_USERNAME: '12345' }, 'REMOTE_WRITE_PASSWORD_FILE'],
    [{ REMOTE_WRITE_URL: 'https://user:secret@metrics.example.org' }, 'password'],
  ])('is refused when the variables make no sense: %o', (env, hint) => {
    expect(() => remoteWrite(env)).toThrow(LocalConfigError);
    expect(() => remoteWrite(env)).toThrow(hint);
  });
});
