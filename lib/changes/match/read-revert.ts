import 'server-only'
import type { Permit } from '../../auth/permit'
import { sql } from '../../db/client'
import { withinAccounts } from '../../db/scope'
import { AppError } from '../../errors'
import { nameOfPrincipal } from '../../trail/principal'
import { factsOf } from '../kinds/open'
import { revertOf, type Revert } from './revert'

type Found = {
  operation: string
  keyArn: string | null
  region: string
  principal: string
  occurredAt: Date
  grantId: string | null
  record: string
}

/** A request that puts back what somebody changed around us, as its form begins. */
export type AskedRevert = Revert & {
  accountId: string
  eventId: string
  region: string
  keyArns: string[]
  operation: string
  justification: string
}

/**
 * Returns the change that puts back what an event changed.
 * @throws AppError not_found out of the person's scope, and for what is of a change requested here;
 *   invalid where no kind of change puts it back.
 */
export async function readRevert(
  { scope }: Permit<'requests.create'>,
  address: string,
): Promise<AskedRevert> {
  const [accountId = '', eventId = ''] = address.split('/')
  const [found] = await sql.query<Found>(
    sql`SELECT e.operation, e.key_arn AS "keyArn", e.region, e.principal,
       e.occurred_at AS "occurredAt", e.grant_facts->>'id' AS "grantId", e.record
     FROM trail.mutation m JOIN trail.event e ON e.event_id = m.event_id
       AND e.account_id = m.account_id AND e.occurred_at = m.occurred_at AND NOT e.is_use
     WHERE m.account_id = ${accountId} AND m.event_id = ${eventId}
       AND m.origin IN ('outOfBand', 'before') AND ${withinAccounts('m.account_id', scope)}`,
  )
  if (!found)
    throw new AppError('not_found', 'There is no such change out of band in your accounts.')
  const { operation, keyArn, region, principal, occurredAt, grantId, record } = found
  const policyBefore =
    operation === 'PutKeyPolicy' && keyArn ? await readPolicyBefore(keyArn, occurredAt) : null
  const request = factsOf(factsOf(parse(record)).requestParameters)
  const change = keyArn === null ? null : revertOf(operation, { request, grantId, policyBefore })
  if (!change || keyArn === null)
    throw new AppError('invalid', `No one kind of change puts back what this ${operation} changed.`)
  const at = `${occurredAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return {
    ...change,
    accountId,
    eventId,
    region,
    keyArns: [keyArn],
    operation,
    justification:
      `Puts back what ${operation} changed: by ${nameOfPrincipal(principal)}, ${at}, ` +
      `CloudTrail event ${eventId}.`,
  }
}

function parse(record: string): unknown {
  try {
    return JSON.parse(record)
  } catch {
    return null
  }
}

/** The policy that was last read before that moment; null: none was, or its text is not kept. */
async function readPolicyBefore(keyArn: string, at: Date): Promise<string | null> {
  const [row] = await sql.query<{ text: string | null }>(
    sql`SELECT d."text" FROM "PolicyVersion" v LEFT JOIN "PolicyDocument" d ON d."hash" = v."hash"
     WHERE v."keyArn" = ${keyArn} AND v."firstSeenAt" < ${at}
     ORDER BY v."firstSeenAt" DESC, v."id" DESC LIMIT 1`,
  )
  return row?.text ?? null
}
