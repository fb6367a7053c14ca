// npm run web, npm run worker: one part alone, for production. Everything comes from
// outside; the database must be migrated (npm run migrate -- deploy) and, for the web
// server, the build made (npm run build).
import { isBuilt } from './build.mjs'
import { inspectDatabase } from './database.mjs'
import { rootDir } from './paths.mjs'
import { spawnGuarded } from './processes.mjs'
import { Refusal, runMain } from './refusal.mjs'
import { typescript, webServer } from './run-tool.mjs'
import { checkNode, loadDotEnv } from './settings.mjs'

await runMain(async () => {
  const part = process.argv[2] === 'worker' ? 'worker' : 'web'
  process.chdir(rootDir)
  checkNode()
  loadDotEnv()
  const { findMissing, parseSettings } = await import('../env-schema.mjs')
  const { settings, problem } = parseSettings(process.env)
  if (settings === null) throw new Refusal(problem)
  const lacks = findMissing(part, settings)
  if (lacks) throw new Refusal(lacks)
  const { missing } = await inspectDatabase(settings.DATABASE_URL)
  if (missing.length > 0)
    throw new Refusal(
      `The database lacks ${missing.length} migration${missing.length > 1 ? 's' : ''} of ` +
        'this build. Run: npm run migrate -- deploy',
    )
  if (part === 'web' && !isBuilt())
    throw new Refusal('There is no build of these sources. Run: npm run build')
  const args = part === 'web' ? webServer() : typescript('lib/worker/main.ts')
  const running = spawnGuarded(process.execPath, args, {
    stdio: 'inherit',
    env: {
      ...process.env,
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      CLAVIGER_PART: part,
      ...(part === 'web'
        ? { NEXTAUTH_URL: settings.CLAVIGER_URL, HOST: settings.HOST, PORT: String(settings.PORT) }
        : {}),
    },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => void running.stop(25_000))
  const { code } = await running.exited
  process.exitCode = code ?? 0
})
process.exit()
