import 'server-only'
import { sql, type Queryable, type Sql } from '../db/client'
import { daysAgo, forgetRows } from '../db/forget'
import { env } from '../env'
import { AppError } from '../errors'
import type { Permission } from './permissions'
import type { Permit } from './permit'

/**
 * How much of something one person does at once, and within how long that is free again. In
 * Postgres, since there can be several processes, and a restart must not refill it.
 */
const budgets = {
  comments: { most: 30, perSeconds: 3_600, words: 'comments' },
  exports: { most: 40, perSeconds: 3_600, words: 'exports' },
  checks: { most: 20, perSeconds: 3_600, words: 'checks of the audit log' },
} as const
export type BudgetName = keyof typeof budgets

/** What of a stored bucket is still used now. */
const stillUsed = (perSecond: number): Sql =>
  sql`greatest(0, b."used" - ${perSecond}::float8
    * greatest(0, extract(epoch FROM claviger_now() - b."updatedAt")))`

/**
 * Takes one from a person's budget, with the transaction that it is for.
 * @throws AppError too_many with how long to wait.
 */
export async function spend(q: Queryable, personId: string, name: BudgetName): Promise<void> {
  const { most, perSeconds, words } = budgets[name]
  const perSecond = most / perSeconds
  const taken = await q.execute(
    sql`INSERT INTO "PersonBudget" AS b ("personId", "name", "used", "updatedAt")
     VALUES (${personId}::uuid, ${name}, 1, claviger_now())
     ON CONFLICT ("personId", "name") DO UPDATE
       SET "used" = ${stillUsed(perSecond)} + 1, "updatedAt" = claviger_now()
     WHERE ${stillUsed(perSecond)} + 1 <= ${most}`,
  )
  if (taken === 1) return
  const retryAfterSeconds = Math.ceil(1 / perSecond)
  throw new AppError(
    'too_many',
    `At most ${most} ${words} at a time, and ${most} an hour. Try again in ` +
      `${Math.ceil(retryAfterSeconds / 60)} minutes.`,
    { retryAfterSeconds },
  )
}

/** The same for what has no transaction of its own. */
export const spendBudget = ({ actor }: Permit<Permission>, name: BudgetName): Promise<void> =>
  spend(sql, actor.id, name)

/** Forgets what people did long ago: all of it is free again. */
export async function forgetOldSpending(): Promise<void> {
  await forgetRows(
    '"PersonBudget"',
    sql`o."updatedAt" < ${daysAgo(env().CLAVIGER_KEEP_BUDGETS_DAYS)}`,
  )
}
