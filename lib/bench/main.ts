// npm run bench -- NAME [arguments]. Each bench brings its own Postgres and sandbox, prints JSON
// lines, exits 1 when a bound is broken.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { generateClient } from '../launch/generate.mjs'

const benches: Record<string, string> = {
  'sync-truth':
    'the stored inventory against the sandbox under throttles, failures, short pages and ' +
    'kills [--keys 10000] [--kills 6]',
  'sync-rate':
    'sweeps with quotas enforced, and the share held by two workers [--keys 10000] [--share-keys 3000]',
  expiry:
    'grants that end at once, and ends at half the rate allowed: rate and lag [--grants ' +
    '1000] [--steady 60] [--share 0.3]',
  table:
    'a page of the table with facets, and a keystroke in quick search, over 100,000 keys [keys] [rounds]',
  external:
    'the table of external access over 100,000 keys in PostgreSQL, and a full evaluation [keys] [rounds]',
  boto3: 'a client that nobody here wrote, against the sandbox; needs python3 with boto3',
  moto:
    'the console against moto (from PyPI), 300 keys in two accounts of a file: sweeps, ' +
    'pages, requests; needs python3 with venv [--keys 300]',
  'access-truth':
    'the sandbox’s real answers against ours over principal x action x key, in every key ' +
    'state [--samples 24000] [--seed 1]',
  'access-speed': 'the matrix of a key with 1,000 principals, as the Access tab weighs it',
  attack:
    'mutated requests over every door of the built product, and what people of one account ' +
    'see of others [--seed 1] [--requests 100000]',
  scale:
    'what every page and handler costs over a filled fleet, and what breaks its bound ' +
    '[--keys 100000] [--grants 300000] [--people 2000] [--rounds 8] [--only /api/grants]',
  'trail-ingest':
    'records a CPU-second of the import of CloudTrail files, as a ratio to plain gunzip and ' +
    'JSON.parse [--records 100000]',
  'trail-truth':
    'events by files and pages, shuffled, doubled, late, their workers killed: each once, and ' +
    'rollups a recount [--seed 1] [--events 1000000]',
  'trail-ask':
    'what the trail’s pages ask over stored events: keys, principals, refusals, the table, its ' +
    'chart [--events 10000000] [--rounds 40]',
  policy: 'evaluations a second, access of a key with 1,000 principals, hostile documents',
}

const [name = '', ...args] = process.argv.slice(2)
if (!(name in benches)) {
  if (name) console.error(`There is no bench called ${name}.`)
  for (const [each, what] of Object.entries(benches))
    console.log(`npm run bench -- ${each.padEnd(12)} ${what}`)
  process.exit(name ? 1 : 0)
}
// A fresh checkout has no client of the database yet.
await generateClient()
const file = path.join(import.meta.dirname, `${name}.ts`)
process.exit(
  spawnSync(process.execPath, ['--import', 'tsx', '--conditions=react-server', file, ...args], {
    stdio: 'inherit',
  }).status ?? 1,
)
