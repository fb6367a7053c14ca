// npm start [-- --scenario demo|empty|scale …], npm run dev. Plain JavaScript: it runs
// before anything is installed.
import { buildForPeople } from './build.mjs'
import { generateClient } from './generate.mjs'
import { installPackages } from './install.mjs'
import { dataDirOf, rootDir } from './paths.mjs'
import { seconds } from './progress.mjs'
import { runMain } from './refusal.mjs'
import { claimDataDir, releaseDataDir } from './run-state.mjs'
import { checkNode, loadDotEnv, readSettings } from './settings.mjs'

const args = process.argv.slice(2)
const dev = args.includes('--dev')
const scenario = args.filter((arg) => arg !== '--dev')

/**
 * Resolves with the first request to end: Ctrl-C, a kill, a closed
 * terminal. A second one ends at once.
 */
const asked = new Promise((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let times = 0
    process.on(signal, () => {
      if (++times > 1) process.exit(1) // the guard ends the children
      resolve(signal)
    })
  }
})

await runMain(async () => {
  const start = Date.now()
  process.chdir(rootDir)
  checkNode()
  loadDotEnv()
  const starting = (async () => {
    await installPackages()
    const settings = await readSettings()
    claimDataDir(settings.dataDir)
    await generateClient()
    if (!dev) await buildForPeople()
    const { startProduct } = await import('./product.mjs') // needs the packages
    return startProduct(settings, { dev, ...(scenario.length > 0 ? { scenario } : {}) })
  })()
  starting.catch(() => {})
  const product = await Promise.race([starting, asked.then(() => null)])
  if (product === null) process.exit(0) // stopped while starting: the guard ends what has begun

  const { url, aws, logs } = product.state
  console.log(`\n  Claviger: ${url}\n`)
  console.log(
    (aws === 'sandbox'
      ? '  AWS is the sandbox on this machine; sign in as anyone the page offers. '
      : '  AWS is the real one, by the credentials of this process; the page of accounts says what it could read. ') +
      `Ready in ${seconds(Date.now() - start)}. Logs: ${logs}. Stop with Ctrl-C.`,
  )
  const problem = await Promise.race([product.failed, asked.then(() => null)])
  if (problem) console.error(problem.message)
  await product.stop()
  process.exit(problem ? 1 : 0)
})
// After a refusal nothing keeps us; what had begun to run is ended by the guard.
releaseDataDir(dataDirOf())
process.exit()
