import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { openChangeFixture } from '../changes/test/change-fixture'
import { addKey, asking } from '../changes/test/fixtures'
import { makeAuditKey } from './test/audit-key'

const { sql, url, aws, askApproved } = await openChangeFixture()

async function until<T>(find: () => Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + 40_000; Date.now() < end; await sleep(50)) {
    const found = await find()
    if (found) return found
  }
  throw new Error('it did not come')
}

const auditKey = await makeAuditKey()
const startWorker = () =>
  spawn(process.execPath, ['--import', 'tsx', '--conditions=react-server', 'lib/worker/main.ts'], {
    env: {
      ...process.env,
      DATABASE_URL: url,
      CLAVIGER_AUDIT_KEY_FILE: auditKey,
      LOG_LEVEL: 'error',
      NODE_NO_WARNINGS: '1',
      VITEST: '',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })

it('a worker told to stop stores the answers of the calls to AWS that are under way', async () => {
  const [one, two] = [await addKey(aws.url), await addKey(aws.url)]
  await aws.control('PUT', 'faults', [
    { operation: 'UpdateKeyDescription', latencyMs: 2_500 },
    { operation: 'CreateGrant', latencyMs: 2_500 },
  ])
  const grant = {
    granteePrincipal: 'arn:aws:iam::638820417753:root',
    granteeServicePrincipal: null,
    operations: ['Decrypt'],
    constraints: null,
    retiringPrincipal: null,
  }
  const asked = [
    await askApproved(asking('description', one.arn, { description: 'said while it stops' })),
    await askApproved(asking('grant-create', two.arn, grant)),
  ]
  const ids = asked.map(({ changeId }) => changeId)
  const worker = startWorker()
  const ended = new Promise<number | null>((resolve) => worker.once('exit', resolve))
  try {
    const sent = () =>
      sql.query(`SELECT 1 FROM "Change" WHERE "id" = ANY($1::uuid[]) AND "sends" = 1`, [ids])
    await until(async () => (await sent()).length === ids.length)
    // A terminal and whoever started it both say so, some more than once.
    for (const signal of ['SIGTERM', 'SIGTERM', 'SIGINT'] as const) {
      worker.kill(signal)
      await sleep(200)
    }
    expect(await ended).toBe(0)
    const rows = await sql.query<{ outcome: unknown }>(
      `SELECT "status"::text AS "status", "attempt", "sends", "problem", "outcome", "leaseOwner"
       FROM "Change" WHERE "id" = ANY($1::uuid[]) ORDER BY array_position($1::uuid[], "id")`,
      [ids],
    )
    const answered = { status: 'applied', attempt: 1, sends: 1, problem: null, leaseOwner: null }
    expect(rows).toMatchObject([answered, answered])
    expect(rows.map(({ outcome }) => outcome)).toMatchObject([
      { requestIds: [expect.any(String)] },
      { requestIds: [expect.any(String)], grantId: expect.any(String) },
    ])
  } finally {
    worker.kill('SIGKILL')
  }
}, 90_000)
