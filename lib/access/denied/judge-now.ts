import 'server-only'
import type { Permit } from '../../auth/permit'
import { db, sql } from '../../db/client'
import { inScope } from '../../db/scope'
import { findOperation } from '../../kms/operations'
import { parseKeyArn } from '../../kms/arn'
import { BadRequest } from '../../policy/request'
import { inLineOf } from '../../work/per-person'
import { mapInTurns } from '../../work/turns'
import { isBeyond, withhold } from '../explain'
import { fleetColumns, weighKeys, type WeighedKey } from '../fleet-keys'
import { factsOfPrincipal, type Sources } from '../gather'
import { explainAction } from '../judge'
import { accountOfPrincipal } from '../principal-facts'
import { hiddenFrom, inAccounts, readOrganization } from '../read'
import { readIamOf } from '../read-iam-of'
import type { DeniedAsk, VerdictNow } from './verdict-now'

/**
 * Asks the evaluator about calls that were refused, over what is read now: what was true when they
 * were refused might have been mended since. Of a key that is not read here, or out of scope, the
 * answer is unknown.
 */
export async function judgeNow(
  permit: Permit<'access.read'>,
  asks: readonly DeniedAsk[],
): Promise<VerdictNow[]> {
  return inLineOf(permit.actor.id, async () => {
    const { scope } = permit
    const principals = asks.map(({ principal }) => principal)
    const accounts = principals.flatMap((id) => accountOfPrincipal(id) ?? [])
    const known = new Set(inAccounts(scope, accounts))
    const [stored, organization, iam] = await Promise.all([
      db.key.findMany({
        where: { AND: [{ arn: { in: asks.map(({ key }) => key) }, goneAt: null }, inScope(scope)] },
        select: fleetColumns,
      }),
      readOrganization(),
      readIamOf(
        sql,
        principals.filter((id) => known.has(accountOfPrincipal(id) ?? '')),
      ),
    ])
    const keys = await weighKeys(stored, organization)
    const byArn = new Map(keys.map((key) => [key.row.arn, key]))
    return mapInTurns(asks, (ask) => {
      const key = byArn.get(ask.key)
      if (!key) return unknownKey
      const hidden = hiddenFrom(scope, key.named)
      return judge(permit, { iam, organization: organization?.facts ?? null, hidden }, key, ask)
    })
  })
}

const unknownKey: VerdictNow = {
  result: 'unknown',
  explicitDeny: false,
  text: 'The key is not in your accounts, or has not been read.',
  policyAt: null,
}

function judge(
  { scope }: Permit<'access.read'>,
  sources: Sources,
  { row, facts }: WeighedKey,
  ask: DeniedAsk,
): VerdictNow {
  const principal = factsOfPrincipal(sources, ask.principal, row.accountId)
  const { policyAt } = row
  try {
    const { result, explicitDeny, because } = explainAction(facts, principal, actionOf(ask), {
      context: contextOf(ask),
    })
    const [first] = because
    const shown = first && (isBeyond(scope, principal, first) ? withhold(principal, first) : first)
    return { result, explicitDeny, text: shown?.text ?? '', policyAt }
  } catch (error) {
    if (!(error instanceof BadRequest)) throw error
    return { result: 'unknown', explicitDeny: false, text: error.message, policyAt }
  }
}

/** Of an operation that asks for several actions, what it asks of the key that it names first. */
const actionOf = ({ operation }: DeniedAsk) =>
  `kms:${findOperation(operation)?.actions?.[0] ?? operation}`

/** CloudTrail names a service as s3.amazonaws.com, the condition key with its Region within. */
function contextOf({ via, key }: DeniedAsk): Record<string, string | null> {
  if (via === undefined) return {}
  if (via === null) return { 'kms:ViaService': null }
  const region = parseKeyArn(key)?.region ?? ''
  return { 'kms:ViaService': via.replace(/\.amazonaws\.com$/, `.${region}.amazonaws.com`) }
}
