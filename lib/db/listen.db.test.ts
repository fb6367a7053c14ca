import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { listen } from './listen'
import { freshDatabase } from './test/database'

const { sql } = await freshDatabase()

const backends = () =>
  sql.query<{ pid: number }>(
    `SELECT pid FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'claviger listen'`,
  )

test('notices are heard at once, and after each loss of the connection that something might be missed', async () => {
  const heard: string[] = []
  const listener = listen('claviger_work', (notice) => heard.push(notice))
  await expect.poll(() => heard).toEqual([''])
  await sql.query(`SELECT pg_notify('claviger_work', 'sweeps')`)
  await expect.poll(() => heard).toEqual(['', 'sweeps'])
  for (let round = 0; round < 5; round++) {
    heard.length = 0
    const [backend] = await backends()
    await sql.query('SELECT pg_terminate_backend($1)', [backend?.pid])
    await expect.poll(() => heard, { interval: 10 }).toEqual([''])
    await sql.query(`SELECT pg_notify('claviger_work', 'again')`)
    await expect.poll(() => heard, { interval: 10 }).toEqual(['', 'again'])
  }
  await listener.close()
  await expect.poll(backends).toEqual([])
  await sql.query(`SELECT pg_notify('claviger_work', 'late')`)
  await sleep(50)
  expect(heard).toEqual(['', 'again'])
})
