// npm test [-- stage …]: types, lint, unit, database, build, browser. Installs what is
// missing; the last line is the sum.
import { generateClient } from './generate.mjs'
import { installPackages } from './install.mjs'
import { rootDir } from './paths.mjs'
import { seconds } from './progress.mjs'
import { Refusal } from './refusal.mjs'
import { tailOf } from './run-tool.mjs'
import { checkNode } from './settings.mjs'

// the guard ends the runners
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

/** @param {string} name @param {() => Promise<import('./test-stages.mjs').Outcome>} run */
async function runStage(name, run) {
  const start = Date.now()
  const outcome = await run().catch((error) => ({
    passed: 0,
    failed: 1,
    output: String(error.stack ?? error),
  }))
  const { passed, failed, output } = outcome
  console.log(
    `${failed === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(9)} ` +
      `${seconds(Date.now() - start).padStart(7)}  ${passed} passed, ${failed} failed`,
  )
  if (failed > 0) console.log(tailOf(output, 400))
  return outcome
}

/** @param {string[]} wanted */
async function runAll(wanted) {
  process.chdir(rootDir)
  checkNode()
  await installPackages()
  const { stages, waitsFor } = await import('./test-stages.mjs')
  const strange = wanted.find((name) => !(name in stages))
  if (strange)
    throw new Refusal(`There is no stage ${strange}. Stages: ${Object.keys(stages).join(', ')}.`)
  await generateClient()
  /** @type {Record<string, ReturnType<typeof runStage> | undefined>} */
  const running = {}
  for (const [name, before] of Object.entries(waitsFor))
    if (wanted.length === 0 || wanted.includes(name))
      running[name] = Promise.all(before.map((one) => running[one])).then(() =>
        runStage(name, stages[name]),
      )
  return Promise.all(Object.values(running))
}

/** @param {{ timed?: import('./test-stages.mjs').Timed[] }[]} outcomes */
function listSlowest(outcomes) {
  const slowest = outcomes
    .flatMap(({ timed = [] }) => timed)
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, 10)
  return slowest.map(({ name, ms }) => `${Math.round(ms / 1_000)} s ${name}`)
}

const outcomes = await runAll(process.argv.slice(2)).catch((error) => {
  console.error(error instanceof Refusal ? error.message : error)
  return [{ passed: 0, failed: 1 }]
})
const [passed, failed] = ['passed', 'failed'].map((name) =>
  outcomes.reduce((sum, outcome) => sum + outcome[name], 0),
)
const slowest = listSlowest(outcomes)
if (slowest.length > 0) console.log(`The slowest:\n  ${slowest.join('\n  ')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed > 0 ? 1 : 0)
