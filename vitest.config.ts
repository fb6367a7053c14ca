import path from 'node:path'
import { defineConfig, type Plugin } from 'vitest/config'

const alias = {
  '@': import.meta.dirname,
  // `server-only` throws outside React's server condition; here it is the same empty
  // module Next uses on the server.
  'server-only': path.join(import.meta.dirname, 'node_modules/server-only/empty.js'),
}

/**
 * Pages as the server sees them: of what begins with 'use client', and of the components it is made
 * of, nothing but the names.
 */
const clientReferences: Plugin = {
  name: 'client-references',
  enforce: 'pre',
  resolveId: (id) => (id.startsWith('@cloudscape-design/') ? `\0${id}` : null),
  load: (id) => (id.startsWith('\0@cloudscape-design/') ? 'export default () => null' : null),
  transform(code, id) {
    if (!/\.tsx?$/.test(id) || !/^['"]use client['"]/.test(code)) return null
    const names = [...code.matchAll(/^export (?:async )?(?:function|const|class) (\w+)/gm)]
    const stubs = names.map(([, name]) => `export const ${name} = () => null`)
    return [...stubs, 'export default () => null'].join('\n')
  },
}

// The gate asks the same questions every time; FC_SEED asks others.
const setupFiles = ['lib/launch/test-seed.ts']

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      // Without isolation the modules are read once, not once for each of a hundred
      // files: 109 s instead of 138.
      {
        extends: true,
        test: {
          name: 'unit',
          setupFiles,
          isolate: false,
          include: ['lib/**/*.test.ts', 'components/**/*.test.ts'],
          exclude: ['**/*.db.test.ts'],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        plugins: [clientReferences],
        test: {
          name: 'db',
          setupFiles,
          include: ['lib/**/*.db.test.ts'],
          globalSetup: ['lib/db/test/cluster.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
