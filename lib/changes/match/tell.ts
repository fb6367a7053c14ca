import 'server-only'
import { listHolders } from '../../auth/holders'
import { sql, type Tx } from '../../db/client'
import { parseKeyArn } from '../../kms/arn'
import { notify } from '../../notify/notify'
import { tableHref } from '../../table/state'
import { eventPath } from '../../trail/event-row'
import { nameOfPrincipal } from '../../trail/principal'
import { whyWords } from './out-of-band-row'
import { outOfBandTable } from './out-of-band-table'
import type { Why } from './origin'

/** What is older when it is found is on the page alone: a backfill must not ring for months. */
const toldDays = 7

type Found = {
  account: string
  accountName: string
  event: string
  operation: string
  principal: string
  key: string | null
  why: Why
}

/**
 * Tells those who can review it, once, of what was found out of band: one notice for each account.
 */
export async function tellOutOfBand(tx: Tx): Promise<void> {
  const found = await tx.query<Found>(
    sql`WITH untold AS (
       UPDATE trail.mutation SET told_at = claviger_now()
       WHERE origin = 'outOfBand' AND told_at IS NULL
       RETURNING account_id, event_id, occurred_at, operation, principal, key_arn, why)
     SELECT u.account_id AS account, coalesce(a."name", u.account_id) AS "accountName",
       u.event_id AS event, u.operation, u.principal, u.key_arn AS key, u.why
     FROM untold u LEFT JOIN "Account" a ON a."id" = u.account_id
     WHERE u.occurred_at > claviger_now() - make_interval(days => ${toldDays}::int)
     ORDER BY u.occurred_at, u.event_id`,
  )
  const byAccount = new Map<string, Found[]>()
  for (const one of found) byAccount.set(one.account, [...(byAccount.get(one.account) ?? []), one])
  for (const some of byAccount.values()) await tell(tx, some)
}

/** Lines of a notice; the page has all of them. */
const mostLines = 5

async function tell(tx: Tx, found: readonly Found[]): Promise<void> {
  const [first] = found
  if (!first) return
  const { account, accountName } = first
  const isOne = found.length === 1
  const lines = found.slice(0, mostLines).map(lineOf)
  const more = found.length - lines.length
  await notify(tx, {
    event: 'outOfBand.found',
    requestId: null,
    title: isOne
      ? `Out of band in ${accountName}: ${first.operation}`
      : `${found.length} changes out of band in ${accountName}`,
    body: [...lines, ...(more > 0 ? [`${more} more.`] : [])].join('\n'),
    href: isOne
      ? eventPath({ account, event: first.event })
      : tableHref(outOfBandTable.path, outOfBandTable, {
          property: 'account',
          operator: 'eq',
          values: [account],
        }),
    to: await listHolders(tx, 'outOfBand.review', account),
    needsAction: true,
  })
}

function lineOf({ operation, principal, key, why }: Found): string {
  const on = key === null ? '' : ` on key ${parseKeyArn(key)?.keyId ?? key}`
  return `${nameOfPrincipal(principal)} called ${operation}${on}. ${whyWords[why]}`
}
