import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{functions,infrastructure,lib,model,monitoring,tools,test}/**/*.test.ts'],
    globalSetup: ['test/globalSetup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    reporters: ['default', './tools/countReporter.ts'],
  },
});
