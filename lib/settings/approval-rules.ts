import 'server-only'
import { administratorIds } from '../auth/actor'
import type { Permit } from '../auth/permit'
import { prepareRequest } from '../changes/request/prepare'
import { kinds } from '../changes/kinds/registry'
import { readRules } from '../changes/rules/deciders'
import { limitRules } from '../changes/rules/limit-rules'
import { describeDifferences } from '../changes/rules/differences'
import { rulesKind, type ApprovalRules } from '../changes/rules/rule'
import { notDone } from '../change-status'
import { isAmongVisible } from '../changes/scope/visible'
import { sql } from '../db/client'
import { withinAccounts } from '../db/scope'
import { AppError } from '../errors'

export type RulesVersion = {
  version: number
  at: string
  requestId: string
  number: number
  requestTitle: string
  askedBy: string
  decidedBy: string[]
}
export type RulesPage = {
  version: number
  rules: ApprovalRules
  /** Rules that are about accounts the person does not see alone: not among `rules`. */
  hidden: number
  /** Changes of the rules that were done, newest first. */
  history: RulesVersion[]
  /** Changes of the rules that wait. */
  pending: { requestId: string; number: number; title: string; status: string }[]
  /** Those the person may see. */
  accounts: { id: string; name: string }[]
  kinds: { name: string; label: string; group: string }[]
  /** People who decide about changes of these rules. */
  administrators: number
}

/**
 * The rules, how they came about and what is asked for. For everyone who may see requests: rules
 * that apply to one are no secret. What is about other accounts than the person's is: rules are cut
 * to theirs, and a request is named only where it is visible.
 */
export async function readRulesPage(
  permit: Permit<'requests.read' | 'requests.create'>,
): Promise<RulesPage> {
  const { scope } = permit
  const [{ version, rules: all }, done, visible, pending, accounts, administrators] =
    await Promise.all([
      readRules(),
      sql.query<Omit<RulesVersion, 'version' | 'at'> & { at: Date }>(
        `SELECT c."appliedAt" AS "at", r."id" AS "requestId", r."number",
          r."title" AS "requestTitle", r."requesterName" AS "askedBy",
         ARRAY(SELECT a."personName" FROM "Approval" a
         WHERE a."changeId" = c."id" AND a."decision" = 'approve' ORDER BY a."at") AS "decidedBy"
       FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
       WHERE c."kind" = $1 AND c."appliedAt" IS NOT NULL ORDER BY c."appliedAt" DESC LIMIT 100`,
        [rulesKind],
      ),
      sql.query<{ id: string }>(
        sql`SELECT r."id" FROM "Request" r
          WHERE EXISTS (
            SELECT 1 FROM "Change" c WHERE c."requestId" = r."id" AND c."kind" = ${rulesKind})
          AND ${isAmongVisible(permit)}`,
      ),
      sql.query<RulesPage['pending'][number]>(
        sql`SELECT r."id" AS "requestId", r."number", r."title", c."status"::text AS "status"
          FROM "Change" c JOIN "Request" r ON r."id" = c."requestId"
          WHERE c."kind" = ${rulesKind} AND c."status" = ANY(${notDone}::"ChangeStatus"[])
          ORDER BY r."number"`,
      ),
      sql.query<{ id: string; name: string }>(
        sql`SELECT "id", "name" FROM "Account"
         WHERE "removedAt" IS NULL AND ${withinAccounts('"id"', scope)} ORDER BY lower("name")`,
      ),
      administratorIds(sql),
    ])
  const seen = new Set(visible.map(({ id }) => id))
  const history = done
    .map(({ at, ...one }, index) => ({ ...one, version: version - index, at: at.toISOString() }))
    .filter(({ requestId }) => seen.has(requestId))
  const kindWords = Object.values(kinds).map(({ name, label, group }) => ({ name, label, group }))
  const waiting = pending.filter(({ requestId }) => seen.has(requestId))
  return {
    version,
    ...limitRules(all, scope),
    history,
    pending: waiting,
    accounts,
    kinds: kindWords,
    administrators: administrators.length,
  }
}

export type AskedRules = {
  rules: ApprovalRules
  version: number
  title: string
  justification: string
  ticket: string
}

/**
 * Makes the draft of a request for other rules.
 * @throws AppError conflict when the rules are no longer those they were
 *   made from, or nothing changes.
 */
export async function askForRules(
  permit: Permit<'requests.create'>,
  { rules, version, title, justification, ticket }: AskedRules,
): Promise<{ id: string }> {
  const current = await readRules()
  if (current.version !== version)
    throw new AppError(
      'conflict',
      'The rules were changed since you opened this page. Open it again: your changes are of ' +
        'rules that are no longer in force.',
    )
  if (describeDifferences(current.rules, rules).length === 0)
    throw new AppError('conflict', 'Nothing changes: these are the rules in force.')
  return prepareRequest(permit, {
    title,
    justification,
    ticket,
    changes: [
      {
        kind: rulesKind,
        accountId: null,
        region: null,
        keyArn: null,
        input: rules,
        startsAt: null,
        endsAt: null,
      },
    ],
  })
}
