// npm run bench -- attack [--seed S] [--requests N]: the product, built, on ports and with data of
// its own, attacked over every door. The last line is JSON; exit status 1 on an unexpected 5xx, a
// leak, a hang, or memory that goes on growing or is not known in the end.
import { parseArgs } from 'node:util'
import { attack } from '../../e2e/attack/campaign'
import { isGrowing } from '../../e2e/attack/memory'
import startForTests from '../../e2e/global-setup'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '100000' },
  },
})
const [seed, requests] = [Number(values.seed), Number(values.requests)]
if (!Number.isInteger(seed) || !Number.isInteger(requests) || requests < 1)
  throw new Error('--seed and --requests are whole numbers')

const stop = await startForTests()
try {
  const { samples, statuses, ...outcome } = await attack({
    seed,
    requests,
    say: (line) => console.error(line),
  })
  for (const sample of samples) console.error(sample)
  console.error(`answers by status: ${JSON.stringify(statuses)}`)
  if (outcome.rssFirst === null || outcome.rssLast === null) {
    console.error(
      'The memory of the web server is not known: it ended in between, or this system has no /proc.',
    )
  }
  console.log(JSON.stringify(outcome))
  const isBad = outcome.unexpected5xx + outcome.leaks + outcome.hangs > 0
  process.exitCode = isBad || isGrowing(outcome) ? 1 : 0
} finally {
  await stop()
}
process.exit()
