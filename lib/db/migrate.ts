// npm run migrate -- new NAME [--empty] | deploy | status | drift `new` and `drift` compare files,
// for which any empty PostgreSQL will do: without DATABASE_URL they start one and throw it away.
// `deploy` and `status` are about one database, which DATABASE_URL names.
import 'server-only'
import { startThrowAwayPostgres } from '../launch/postgres.mjs'
import { Refusal, runMain } from '../launch/refusal.mjs'
import { deployMigrations, findDrift, readMigrationStatus, writeMigration } from './migrations'

const usage = 'npm run migrate -- new NAME [--empty] | deploy | status | drift'

function requireUrl(): string {
  const url = process.env.DATABASE_URL
  if (!url)
    throw new Refusal(
      'Set DATABASE_URL to the database to use (a running `npm start` shows its own with ' +
        `\`npm run status\`). ${usage}`,
    )
  return url
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
    const folder = await withAnyDatabase((url) =>
      writeMigration(url, name, { empty: flag === '--empty' }),
    )
    console.log(folder ?? 'The migrations already make what schema.prisma says: nothing to write.')
  },
  async deploy() {
    const applied = await deployMigrations(requireUrl())
    console.log(applied.length > 0 ? `Applied ${applied.join(', ')}.` : 'Nothing to apply.')
  },
  async status() {
    const { failedMigrationNames, editedMigrationNames, history } = await readMigrationStatus(
      requireUrl(),
    )
    console.log(
      JSON.stringify(
        { failedMigrationNames, editedMigrationNames, history: history ?? 'up to date' },
        null,
        2,
      ),
    )
    if (history || failedMigrationNames.length > 0 || editedMigrationNames.length > 0)
      process.exitCode = 1
  },
  async drift() {
    const sql = await withAnyDatabase(findDrift)
    console.log(sql || 'schema.prisma and the migrations agree.')
    if (sql) process.exitCode = 1
  },
}

process.on('uncaughtException', (error) => {
  console.error(
    'The schema engine panicked:',
    globalThis.PRISMA_WASM_PANIC_REGISTRY?.message || error,
  )
  process.exit(1)
})
await runMain(async () => {
  const [command = '', ...args] = process.argv.slice(2)
  const run = commands[command]
  if (!run) throw new Refusal(usage)
  await run(args)
})
process.exit() // the engine keeps handles of its own
