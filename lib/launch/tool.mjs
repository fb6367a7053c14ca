// node lib/launch/tool.mjs [--offline-too] <file.ts> [arguments]: a command of the console (npm run
// admin, …) against the installation that DATABASE_URL names, or else the one that `npm start` runs
// here. --offline-too: it may need no database.
import { spawn } from 'node:child_process'
import { dataDirOf, rootDir } from './paths.mjs'
import { Refusal, runMain } from './refusal.mjs'
import { isRunning, readRun } from './run-state.mjs'
import { typescript } from './run-tool.mjs'
import { loadDotEnv } from './settings.mjs'

await runMain(async () => {
  loadDotEnv()
  const run = readRun(dataDirOf())
  const database = process.env.DATABASE_URL || (run && isRunning(run) ? run.database : undefined)
  const isOfflineToo = process.argv[2] === '--offline-too'
  if (!database && !isOfflineToo)
    throw new Refusal(
      'Nothing runs here: begin with npm start, or name the database in DATABASE_URL.',
    )
  const [file = '', ...rest] = process.argv.slice(isOfflineToo ? 3 : 2)
  const child = spawn(process.execPath, typescript(file, ...rest), {
    cwd: rootDir,
    stdio: 'inherit',
    env: {
      LOG_LEVEL: 'warn',
      ...process.env,
      CLAVIGER_DATA_DIR: dataDirOf(),
      ...(database ? { DATABASE_URL: database } : {}),
    },
  })
  process.exitCode = await new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)))
})
