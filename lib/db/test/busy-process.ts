// A process that has many connections checked out and pauses between their statements, for the test
// that tears them. Says a line for each thing that ended well.
import { setTimeout as sleep } from 'node:timers/promises'
import { renewLeases } from '../../aws/budget/lease-store'
import { ask } from '../../inventory/table/list-keys'
import { db, pool, sql, transaction } from '../client'

const pause = () => sleep(Math.random() * 15)

const works: Record<string, () => Promise<unknown>> = {
  statement: () => sql.query('SELECT pg_sleep(0.005)'),
  prisma: () => db.setting.count(),
  transaction: () =>
    transaction(async (tx) => {
      await tx.setting.count()
      await pause()
      await tx.query('SELECT 1')
      await pause()
    }),
  table: () => ask({ text: 'SELECT pg_sleep(0.005)', values: [] }),
  held: async () => {
    const client = await pool().connect()
    try {
      await client.query('SELECT 1')
      await pause()
    } finally {
      client.release()
    }
  },
  budget: () =>
    renewLeases('busy', 0.3, [
      {
        accountId: '111122223333',
        region: 'eu-west-1',
        quota: 'any',
        api: 'kms:ListKeys',
        want: 1,
        keep: 0,
        throttled: false,
      },
    ]),
}

async function goOn(name: string, work: () => Promise<unknown>): Promise<never> {
  for (;;) {
    await work().then(
      () => process.stdout.write(`${name}\n`),
      () => {},
    )
    await pause()
  }
}

for (const [name, work] of Object.entries(works)) {
  const width = name === 'budget' ? 1 : 4
  for (let at = 0; at < width; at++) void goOn(name, work)
}
