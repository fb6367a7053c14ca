import path from 'node:path'
import { defineConfig } from 'vitest/config'
import { clientModules } from './lib/door/test/client-modules.ts'

const alias = {
  '@': import.meta.dirname,
  // `server-only` throws outside React's server condition; here it is the same empty
  // module Next uses on the server.
  'server-only': path.join(import.meta.dirname, 'node_modules/server-only/empty.js'),
}

// The gate asks the same questions every time; FC_SEED asks others.
const setupFiles = ['lib/launch/test-seed.ts']

export default defineConfig({
  resolve: { alias },
  test: {
    // Deadlines are for what hangs: Vitest's second for what is polled says nothing on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    projects: [
      // Without isolation a worker loads packages once, not once for each of a hundred files.
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles,
          isolate: false,
          include: ['lib/**/*.test.ts', 'components/**/*.test.ts'],
          exclude: ['**/*.db.test.ts'],
          testTimeout: 120_000,
        },
      },
      {
        extends: true,
        plugins: [clientModules()],
        test: {
          name: 'db',
          setupFiles: [...setupFiles, 'lib/db/test/own-state.ts'],
          isolate: false,
          include: ['lib/**/*.db.test.ts'],
          globalSetup: ['lib/db/test/cluster.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
})
