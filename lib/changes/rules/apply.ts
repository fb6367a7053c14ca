import 'server-only'
import { appendAudit, type AuditActor } from '../../audit/append'
import type { Queryable } from '../../db/client'
import { rulesSetting } from './deciders'
import { approvalRulesSchema, type ApprovalRules } from './schema'

type By = { actor: AuditActor; requestId?: string }

/**
 * Puts rules in force if those of `fromVersion` (0: the defaults, never changed) still are;
 * otherwise touches nothing. Writes its own audit entry, so call it at the end of the transaction.
 */
export async function applyRules(
  tx: Queryable,
  rules: ApprovalRules,
  fromVersion: number,
  { actor, requestId }: By = { actor: { id: null, name: 'worker' } },
): Promise<'applied' | 'drifted'> {
  const value = JSON.stringify(approvalRulesSchema.parse(rules))
  const changed =
    fromVersion === 0
      ? await tx.execute(
          'INSERT INTO "Setting" ("name", "value", "version", "updatedAt", "updatedById") ' +
            'VALUES ($1, $2::jsonb, 1, claviger_now(), $3::uuid) ON CONFLICT DO NOTHING',
          [rulesSetting, value, actor.id],
        )
      : await tx.execute(
          'UPDATE "Setting" SET "value" = $2::jsonb, "version" = "version" + 1, "updatedAt" ' +
            '= claviger_now(), "updatedById" = $3::uuid WHERE "name" = $1 AND "version" = $4',
          [rulesSetting, value, actor.id, fromVersion],
        )
  if (changed === 0) return 'drifted'
  await appendAudit(tx, {
    event: 'rules.changed',
    actor,
    requestId,
    data: { version: fromVersion + 1, rules: rules.rules.map(({ name }) => name), value: rules },
  })
  return 'applied'
}
