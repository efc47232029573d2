import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: [
      '{bench,bulkPredict,functions,infrastructure,lib,model,monitoring,packages/*/{src,test},tools,test}/**/*.test.ts',
    ],
    globalSetup: ['test/globalSetup.ts'],
    // They end what hangs; no verdict is to depend on how fast the machine is.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    maxWorkers: 2,
    reporters: ['default', './tools/countReporter.ts'],
  },
});
