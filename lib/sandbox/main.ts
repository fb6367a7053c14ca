import { parseArgs } from 'node:util'
import { parse, scenarioShape } from './control/read'
import { openSandbox } from './open'
import { startServer } from './server'

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4599' },
    scenario: { type: 'string', default: 'demo' },
    keys: { type: 'string' },
    accounts: { type: 'string' },
    regions: { type: 'string' },
    seed: { type: 'string' },
    'trail-delay': { type: 'string' },
    name: { type: 'string', multiple: true, default: [] },
  },
})

/** One line that says what is wrong, for whoever started this. */
function fail(message: string): never {
  console.error(`sandbox: ${message}`)
  process.exit(1)
}

const count = (text: string | undefined) => (text === undefined ? undefined : Number(text))
const port = Number(values.port)
if (!Number.isInteger(port) || port < 0 || port > 65_535) fail(`--port ${values.port} is no port`)

const options = readOptions()
function readOptions() {
  try {
    return parse(scenarioShape, {
      scenario: values.scenario,
      keys: count(values.keys),
      accounts: count(values.accounts),
      regions: count(values.regions),
      seed: count(values.seed),
      trailDelaySeconds: count(values['trail-delay']),
      // From the environment: arguments of a process are everybody's to read.
      externalId: process.env.CLAVIGER_EXTERNAL_ID || undefined,
    })
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}
const sandbox = await openSandbox(options)
const running = await startServer(sandbox, port, { names: values.name }).catch((error: unknown) =>
  fail(error instanceof Error ? error.message : String(error)),
)
console.log(`sandbox: AWS on http://127.0.0.1:${running.port} (scenario ${sandbox.world.scenario})`)

const stop = () => void running.close().then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
