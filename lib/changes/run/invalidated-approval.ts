import 'server-only'
import { permissions } from '../../auth/permissions'
import { sql } from '../../db/client'
import { hashOf, hashRequest } from '../kinds/hash'
import type { StoredChange } from '../kinds/open'
import { holdsOneOf } from '../scope/concerned'
import { kindOf } from '../kinds/registry'
import type { ExecutionContext } from '../kinds/execution-context'

type Around = { approvals: number; disabled: boolean; mayAsk: boolean; deactivated: string[] }

/**
 * Says why an approval covers this change no longer; null: it does. Looked at right before the
 * first call: whatever was altered after the approval, by whatever road, invalidates it.
 */
export async function findInvalidation(
  execution: ExecutionContext,
  change: StoredChange,
): Promise<string | null> {
  const { request } = change
  const altered = findAltered(change)
  if (altered) return altered
  const asked = request.breakGlass
    ? 'requests.breakGlass'
    : (kindOf(change.kind)?.asks ?? 'requests.create')
  const asker = sql`${request.requesterId}::uuid`
  const mayAsk = holdsOneOf(asker, permissions[asked].roles, sql`${change.accountId}`)
  const [around] = await execution.query<Around>(
    sql`SELECT (SELECT least(count(DISTINCT (SELECT min(s::text) FROM same_people(a."personId") s)),
      count(DISTINCT (SELECT min(s::text)
          FROM same_people(coalesce(a."forPersonId", a."personId")) s)))
         FROM "Approval" a WHERE a."changeId" = ${change.id} AND a."decision" = 'approve'
           AND a."requestHash" = ${change.requestHash}
           AND a."baselineHash" = ${change.baselineHash}
         AND a."personId" NOT IN (SELECT same_people(${asker}))
           AND coalesce(a."forPersonId", a."personId") NOT IN (SELECT same_people(${asker}))
         AND a."personId" NOT IN (
           SELECT "id" FROM "Person" WHERE "disabledAt" IS NOT NULL)) AS "approvals",
       ARRAY(SELECT a."personName" FROM "Approval" a JOIN "Person" p ON p."id" = a."personId"
         WHERE a."changeId" = ${change.id} AND a."decision" = 'approve'
           AND p."disabledAt" IS NOT NULL ORDER BY 1) AS "deactivated",
       EXISTS (SELECT 1 FROM "Person" p
         WHERE p."id" = ${asker} AND p."disabledAt" IS NOT NULL) AS "disabled",
       ${mayAsk} AS "mayAsk"`,
  )
  if (around?.disabled) return `${request.requesterName} has left since.`
  if (!around?.mayAsk) return `${request.requesterName} may no longer ask for this.`
  const needed = request.breakGlass ? 0 : neededApprovals(change.rule)
  if (around.approvals >= needed) return null
  const { deactivated } = around
  const gone =
    deactivated.length > 0
      ? `${deactivated.join(' and ')} approved this and ${deactivated.length > 1 ? 'have' : 'has'} left since. `
      : ''
  return `${gone}The approvals that this needs are not there.`
}

function neededApprovals(rule: unknown): number {
  const asked =
    typeof rule === 'object' && rule !== null && 'approvals' in rule ? rule.approvals : 1
  return typeof asked === 'number' && asked >= 1 ? asked : 1
}

/**
 * Says what of the stored change is not what was approved; null: all of it is. Looked at before
 * every attempt: what has begun, and its undoing, do nothing else either.
 */
export function findAltered(change: StoredChange): string | null {
  if (hashRequest(change.request, change) !== change.requestHash)
    return 'The request is not what was approved: something in it was altered afterwards.'
  return hashOf(change.baseline) === change.baselineHash
    ? null
    : 'What was read from AWS before the approval was altered afterwards.'
}
