import 'server-only'
import type { Scope } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { db, sql } from '../../db/client'
import { isInScope, withinAccounts } from '../../db/scope'
import { AppError } from '../../errors'
import type { Parameters } from './content'

/** A report on more keys is made in parts. */
const mostKeys = 1_000

export type Choice = Omit<Parameters, 'keyArns'>

/**
 * Finds the keys that a choice means: those that meet all of its conditions, also those that are
 * gone. @throws AppError invalid for none, or for more than one report takes.
 */
export async function chooseKeys(
  scope: Scope,
  { accounts, keys, tag, owner }: Choice,
): Promise<string[]> {
  const rows = await sql.query<{ arn: string }>(
    sql`SELECT k.arn FROM "Key" k
     WHERE ${withinAccounts('k."accountId"', scope)}
       AND (${accounts.length === 0} OR k."accountId" = ANY(${accounts}::text[]))
       AND (${keys.length === 0} OR k.arn = ANY(${keys}::text[]))
       AND (${tag === null} OR k.tags ->> ${tag?.name ?? ''} = ${tag?.value ?? ''})
       AND (${owner === null} OR k.owner = ${owner ?? ''})
     ORDER BY k.arn LIMIT ${mostKeys + 1}`,
  )
  if (rows.length === 0)
    throw new AppError('invalid', 'No key in your accounts meets all of these conditions.')
  if (rows.length > mostKeys)
    throw new AppError(
      'invalid',
      `More than ${mostKeys.toLocaleString('en')} keys meet these conditions. Narrow them, or make ` +
        'one audit for each account.',
    )
  const found = rows.map(({ arn }) => arn)
  const missing = keys.filter((arn) => !found.includes(arn))
  if (missing.length > 0)
    throw new AppError('invalid', `Not among the keys that you can see: ${missing.join(', ')}.`)
  return found
}

/** The accounts that keys can be chosen in. */
export const listChoosableAccounts = ({ scope }: Permit<'trail.audit'>) =>
  db.account.findMany({
    where: { AND: [{ removedAt: null }, isInScope(scope)] },
    orderBy: { name: 'asc' },
    select: { id: true, name: true },
  })
