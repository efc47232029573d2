import { defineConfig } from 'vitest/config';
import { missingGo, pathWith } from './test/programs/folder.ts';

const pinned = ['prometheus', 'promtool', 'pushgateway', 'alertmanager', 'amtool'] as const;

export default defineConfig({
  test: {
    globalSetup: ['test/globalSetup.ts'],
    // They end what hangs; no verdict is to depend on how fast the machine is.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    reporters: ['default', './tools/countReporter.ts'],
    projects: [
      {
        extends: true,
        test: {
          name: 'all',
          include: [
            '{bench,bulkPredict,functions,infrastructure,lib,model,monitoring,packages/*/{src,test},tools,test}/**/*.test.ts',
          ],
          exclude: ['test/programs/**'],
        },
      },
      // What asks Prometheus and its kin once more, with the versions that docker-compose.yml pins in the
      // place of those that the machine has.
      ...(missingGo(...pinned)
        ? []
        : [
            {
              extends: true as const,
              test: {
                name: 'pinned',
                include: [
                  'test/programs/*.test.ts',
                  'test/{alerts,grafanaQueries,monitoring,monitoringConfig,pipeline,prometheusRules,remoteWrite,statistics,tour}.test.ts',
                ],
                env: { PATH: pathWith(...pinned) },
              },
            },
          ]),
    ],
  },
});
