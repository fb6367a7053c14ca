import type { Scope } from '../../auth/permissions'
import type { ApprovalRules, Rule } from './schema'
import { accountOfArn } from '../../kms/arn'

/**
 * Cuts the rules to what can be about accounts of a scope: rules that name other accounts and keys
 * alone are left out and counted, others lose the names that are not of the scope. Never what
 * decides: only what is shown. Pure.
 */
export function limitRules(
  rules: ApprovalRules,
  scope: Scope,
): { rules: ApprovalRules; hidden: number } {
  if (scope.all) return { rules, hidden: 0 }
  const own = new Set(scope.accountIds)
  const shown = rules.rules.flatMap((rule) => limitRule(rule, own) ?? [])
  return { rules: { ...rules, rules: shown }, hidden: rules.rules.length - shown.length }
}

function limitRule(rule: Rule, own: ReadonlySet<string>): Rule | null {
  const { accountIds = [], keyArns = [] } = rule.when
  const accounts = accountIds.filter((id) => own.has(id))
  const keys = keyArns.filter((arn) => own.has(accountOfArn(arn)))
  // An empty list would say "every account".
  if ((accountIds.length > 0 && accounts.length === 0) || (keyArns.length > 0 && keys.length === 0))
    return null
  return {
    ...rule,
    when: {
      ...rule.when,
      ...(accountIds.length > 0 ? { accountIds: accounts } : {}),
      ...(keyArns.length > 0 ? { keyArns: keys } : {}),
    },
  }
}
