// npm run migrate -- new NAME [--empty] | deploy | status | drift
// `new` and `drift` compare files, in an empty PostgreSQL that they start and throw away. `deploy`
// and `status` are about one database, which DATABASE_URL names.
import 'server-only'
import { inspectDatabase, migrateDatabase, wordsOfChanged } from '../launch/database.mjs'
import { startThrowAwayPostgres } from '../launch/postgres.mjs'
import { Refusal, runMain } from '../launch/refusal.mjs'

const usage = 'npm run migrate -- new NAME [--empty] | deploy | status | drift'

function requireUrl(): string {
  const url = process.env.DATABASE_URL
  if (!url)
    throw new Refusal(
      'Set DATABASE_URL to the database to use (a running `npm start` keeps the address of its ' +
        `own in run.json of its data directory). ${usage}`,
    )
  return url
}

/** Loads Prisma's engine, a development package: `deploy` and `status` do without. */
async function loadEngine() {
  process.on('uncaughtException', (error) => {
    console.error(
      'The schema engine panicked:',
      globalThis.PRISMA_WASM_PANIC_REGISTRY?.message || error,
    )
    process.exit(1)
  })
  return import('./engine/migrations').catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && /MODULE_NOT_FOUND/.test(String(error.code))))
      throw error
    throw new Refusal(
      'This needs the packages for development. Run: npm ci --ignore-scripts --include=dev',
      { cause: error },
    )
  })
}

async function withAnyDatabase<T>(run: (url: string) => Promise<T>): Promise<T> {
  const postgres = await startThrowAwayPostgres('migrate')
  try {
    return await run(postgres.url)
  } finally {
    await postgres.stop()
  }
}

const commands: Record<string, (args: string[]) => Promise<void>> = {
  async new([name, flag]) {
    if (!name) throw new Refusal(`A new migration needs a name. ${usage}`)
    const { writeMigration } = await loadEngine()
    const folder = await withAnyDatabase((url) =>
      writeMigration(url, name, { empty: flag === '--empty' }),
    )
    console.log(folder ?? 'The migrations already make what prisma/schema says: nothing to write.')
  },
  async deploy() {
    const { applied, changed } = await migrateDatabase(requireUrl())
    console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to apply.')
    if (changed.length > 0) console.warn(wordsOfChanged(changed))
  },
  async status() {
    const { missing, changed } = await inspectDatabase(requireUrl())
    if (missing.length > 0) console.log(`Missing: ${missing.join(', ')}.`)
    if (changed.length > 0) console.log(wordsOfChanged(changed))
    if (missing.length + changed.length === 0) console.log('Up to date.')
    else process.exitCode = 1
  },
  async drift() {
    const { findDrift } = await loadEngine()
    const sql = await withAnyDatabase(findDrift)
    console.log(sql || 'prisma/schema and the migrations agree.')
    if (sql) process.exitCode = 1
  },
}

await runMain(async () => {
  const [command = '', ...args] = process.argv.slice(2)
  const run = commands[command]
  if (!run) throw new Refusal(usage)
  await run(args)
})
process.exit() // the engine keeps handles of its own
