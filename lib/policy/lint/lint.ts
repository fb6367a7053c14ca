import type { PolicyDocument, PolicyType } from '../document'
import { parsePolicy } from '../parse'
import { catalog } from './catalog'
import type { LintFacts, LintFinding } from './finding'
import { Linting } from './linting'
import { fixOf } from './problem-fixes'
import { lintAbac } from './rules-abac'
import { lintActions, lintPassRole } from './rules-action'
import { lintConditionKeys } from './rules-condition-key'
import { lintConditionValues } from './rules-condition-value'
import { lintDenies } from './rules-deny'
import { lintDuties, lintGrants } from './rules-duties'
import { lintExternal } from './rules-external'
import { lintAllKeys } from './rules-identity'
import { lintBypass, lintDead, lintLockout } from './rules-lockout'
import { lintNetworks } from './rules-network'
import { lintOperators } from './rules-operator'
import { lintPrincipals } from './rules-principal'
import { lintPublic, lintServicePrincipals } from './rules-public'
import { lintResources } from './rules-resource'
import { lintDocumentItself, lintElements, lintRedundantStatements } from './rules-statement'
import { own } from '../../own'

export type { LintFacts, LintFinding, LintSeverity } from './finding'

type Rule = (lint: Linting) => void

const ofAnyPolicy: readonly Rule[] = [
  lintDocumentItself,
  lintElements,
  lintRedundantStatements,
  lintActions,
  lintResources,
  lintPrincipals,
  lintConditionKeys,
  lintOperators,
  lintConditionValues,
  lintNetworks,
  lintAbac,
  lintDenies,
]
const ofKeyPolicies: readonly Rule[] = [
  lintPublic,
  lintServicePrincipals,
  lintExternal,
  lintLockout,
  lintDead,
  lintBypass,
  lintDuties,
  lintGrants,
]
const ofIdentityPolicies: readonly Rule[] = [lintPassRole, lintAllKeys]

/**
 * Returns what the grammar refuses and what the rules find, in the order of the document. Never
 * throws.
 */
export function lintPolicy(text: string, type: PolicyType, facts: LintFacts = {}): LintFinding[] {
  return lintDocument(parsePolicy(text, type), facts)
}

/**
 * Lints a parsed document. Findings about one made of a value (parsePolicyValue) have paths, but no
 * offsets.
 */
function lintDocument(document: PolicyDocument, facts: LintFacts = {}): LintFinding[] {
  const problems = document.problems.map(
    ({ code, severity, path, range, message }): LintFinding => ({
      code,
      id: idOf(code, message),
      severity,
      path,
      range,
      message,
      fix: fixOf(code),
    }),
  )
  // What was read before the syntax broke is not the policy: nothing can be said of it.
  if (problems.some(({ code }) => code === 'JSON_SYNTAX_ERROR')) return problems
  const lint = new Linting(document, facts)
  for (const rule of ofAnyPolicy) rule(lint)
  if (document.type === 'key') for (const rule of ofKeyPolicies) rule(lint)
  if (document.type === 'identity' || document.type === 'session')
    for (const rule of ofIdentityPolicies) rule(lint)
  return [...problems, ...lint.findings].sort(byPlace)
}

const ids: Readonly<Record<string, { id: string | null }>> = {
  ...catalog,
  UNSUPPORTED_WILDCARD_IN_PRINCIPAL: { id: 'POL-01' },
  POLICY_SIZE_EXCEEDED: { id: 'POL-09' },
}

function idOf(code: string, message: string): string | null {
  // Counts a group as principal among statements without effect, although KMS refuses it.
  if (code === 'INVALID_PRINCIPAL_FORMAT' && message.includes('IAM group')) return 'POL-07'
  return own(ids, code)?.id ?? null
}

/**
 * Orders findings: the document as a whole first, and by code at the same place, so that the order
 * is always the same.
 */
function byPlace(a: LintFinding, b: LintFinding): number {
  return (
    Number(a.path !== '') - Number(b.path !== '') ||
    a.range.start.offset - b.range.start.offset ||
    compareText(a.path, b.path) ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
