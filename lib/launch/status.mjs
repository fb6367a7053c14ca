// npm run status: the addresses in use and whether each answers.
import { maskPassword } from './mask.mjs'
import { dataDirOf } from './paths.mjs'
import { isRunning, readRun } from './run-state.mjs'
import { loadDotEnv } from './settings.mjs'

/** @param {string} url */
async function ask(url) {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
    return answer.ok ? 'answers' : `answers ${answer.status}`
  } catch (error) {
    return `does not answer (${error.cause?.code ?? error.message})`
  }
}

loadDotEnv()
const dataDir = dataDirOf()
const run = readRun(dataDir)
if (!run || !isRunning(run)) {
  console.log(
    `Claviger does not run here (data in ${dataDir}).${run ? ' The last run was killed; npm start begins again.' : ''}`,
  )
  process.exit(1)
}
const rows = [
  ['Claviger', run.url, await ask(`${run.web}/api/ready`)],
  ...(run.sandbox
    ? [['Sandbox AWS', run.sandbox, await ask(`${run.sandbox}/_sandbox/health`)]]
    : []),
  ...(run.identityProvider
    ? [['Identity provider', run.identityProvider, await ask(`${run.identityProvider}/health`)]]
    : []),
  ['Database', maskPassword(run.database), ''],
  ['Logs', run.logs, ''],
  ['Launcher', `process ${run.launcher}, since ${run.startedAt}`, ''],
]
for (const [name, value, state] of rows)
  console.log(`${String(name).padEnd(18)} ${value}${state ? `  ${state}` : ''}`)
