import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', './test/support/tally.ts'],
    setupFiles: ['./test/support/seed.ts'],
    testTimeout: 20_000,
    pool: 'threads',
    // The files are many and small: also on two cores both are at work.
    maxWorkers: '100%',
    // No test changes what another one imports: modules are loaded once a thread, not once a file.
    isolate: false,
  },
});
