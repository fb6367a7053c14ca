import { parseArgs } from 'node:util'
import { parse, scenarioShape } from './knobs/read'
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
    'external-id': { type: 'string' },
  },
})

const count = (text: string | undefined) => (text === undefined ? undefined : Number(text))
const options = parse(scenarioShape, {
  scenario: values.scenario, keys: count(values.keys), accounts: count(values.accounts), regions: count(values.regions),
  seed: count(values.seed), externalId: values['external-id'],
})
const sandbox = await openSandbox(options)
const running = await startServer(sandbox, Number(values.port))
console.log(`sandbox: AWS on http://127.0.0.1:${running.port} (scenario ${sandbox.world.scenario})`)

const stop = () => void running.close().then(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
