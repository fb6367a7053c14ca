import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { toFailure } from '../door/failure'
import { requestFacts } from '../web/request-facts.mjs'
import { freshDatabase } from './test/database'

process.env.CLAVIGER_PART = 'web'
const { db, sql, transaction } = await freshDatabase()

/** Asks as a request does of which `left` says that its asker has gone. */
const askFor = <T>(left: AbortController, run: () => Promise<T>): Promise<T> =>
  requestFacts.run({ entered: true, abandoned: left.signal }, run)

const countSleeping = async () =>
  (
    await sql.query<{ n: number }>(
      `SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database()
         AND state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()`,
    )
  )[0]?.n

test.each([
  ['plain SQL', () => sql.query('SELECT pg_sleep(60)')],
  ['Prisma', async () => void (await db.$queryRaw`SELECT pg_sleep(60)::text`)],
  ['a transaction', () => transaction((tx) => tx.query('SELECT pg_sleep(60)'))],
])(
  'a statement ends when nobody waits for it any more: %s',
  async (_, run) => {
    const left = new AbortController()
    const asked = askFor(left, run).then(
      () => 'answered',
      () => 'ended',
    )
    await expect.poll(countSleeping).toBe(1)
    left.abort()
    expect(await asked).toBe('ended')
    await expect.poll(countSleeping, { timeout: 10_000 }).toBe(0)
  },
  15_000,
)

test('those who wait are answered while hundreds of others go', async () => {
  const people = Array.from({ length: 400 }, async (_, n) => {
    // Far more at once than there are connections: most wait for one.
    await sleep(n)
    const left = new AbortController()
    const asked = askFor(left, () => sql.query('SELECT pg_sleep(0.02), $1::int AS n', [n]))
    if (n % 2 === 0) return asked.then(([row]) => expect(row).toMatchObject({ n }))
    await sleep(n % 60)
    left.abort()
    return asked.catch(() => {})
  })
  await Promise.all(people)
}, 30_000)

test('who leaves while they wait costs nobody a connection', async () => {
  const max = Number(process.env.CLAVIGER_DATABASE_CONNECTIONS ?? 10)
  const holders = () => Array.from({ length: max }, () => sql.query('SELECT pg_sleep(0.3)'))
  const backends = async () =>
    (
      await sql.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() ORDER BY pid`,
      )
    ).map(({ pid }) => pid)
  await Promise.all(holders())
  const before = await backends()
  const held = holders()
  const left = new AbortController()
  const waiting = Array.from({ length: 50 }, () =>
    askFor(left, () => sql.query('SELECT pg_sleep(60)')).then(
      () => 'answered',
      () => 'gone',
    ),
  )
  left.abort()
  await Promise.all(held)
  expect(new Set(await Promise.all(waiting))).toEqual(new Set(['gone']))
  expect(await backends()).toEqual(before)
})

test('a page that asks too much is told so, with what to do', async () => {
  const [row] = await sql.query<{ statement_timeout: string }>('SHOW statement_timeout')
  expect(row?.statement_timeout).toBe('20s')
  const asks = [
    () =>
      transaction(async (tx) => {
        await tx.execute(`SET LOCAL statement_timeout = '20ms'`)
        await tx.query('SELECT pg_sleep(5)')
      }),
    () =>
      transaction(async (tx) => {
        await tx.execute(`SET LOCAL statement_timeout = '20ms'`)
        await tx.$queryRaw`SELECT pg_sleep(5)::text`
      }),
  ]
  for (const ask of asks) {
    const failure = await ask().then(
      () => null,
      (error: unknown) => toFailure(error, 'a test'),
    )
    expect(failure).toMatchObject({ code: 'too_much' })
    expect(failure?.message).toContain('Narrow it')
  }
})
