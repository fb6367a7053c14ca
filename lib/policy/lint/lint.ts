import type { PolicyDocument, PolicyType } from '../document'
import { parsePolicy } from '../parse'
import { catalog } from './catalog'
import type { LintFacts, LintFinding } from './finding'
import { Linting } from './linting'
import { fixOf } from './problem-fixes'
import { lintExternal } from './rules-external'
import { lintBypass, lintDead, lintLockout } from './rules-lockout'
import { lintPublic, lintServicePrincipals } from './rules-public'

export type { LintFacts, LintFinding, LintSeverity } from './finding'

type Rule = (lint: Linting) => void

const ofAnyPolicy: readonly Rule[] = []
const ofKeyPolicies: readonly Rule[] = [lintPublic, lintServicePrincipals, lintExternal, lintLockout, lintDead, lintBypass]
const ofIdentityPolicies: readonly Rule[] = []

/** What the grammar refuses and what the rules find, in the order of the document. Never throws. */
export function lintPolicy(text: string, type: PolicyType, facts: LintFacts = {}): LintFinding[] {
  return lintDocument(parsePolicy(text, type), facts)
}

/** Findings about a document made of a value (parsePolicyValue) have paths, but no offsets. */
export function lintDocument(document: PolicyDocument, facts: LintFacts = {}): LintFinding[] {
  const problems = document.problems.map(({ code, severity, path, range, message }): LintFinding => (
    { code, id: idOf(code), severity, path, range, message, fix: fixOf(code) }
  ))
  // What was read before the syntax broke is not the policy: nothing can be said of it.
  if (problems.some(({ code }) => code === 'JSON_SYNTAX_ERROR')) return problems
  const lint = new Linting(document, facts)
  for (const rule of ofAnyPolicy) rule(lint)
  if (document.type === 'key') for (const rule of ofKeyPolicies) rule(lint)
  if (document.type !== 'key' && document.type !== 'rcp' && document.type !== 'endpoint') for (const rule of ofIdentityPolicies) rule(lint)
  return [...problems, ...lint.findings].sort(byPlace)
}

const ids: Readonly<Record<string, { id: string | null }>> = catalog

function idOf(code: string): string | null {
  return ids[code]?.id ?? null
}

/** The document as a whole comes first; beside each other, the codes decide, so that the order is always the same. */
function byPlace(a: LintFinding, b: LintFinding): number {
  return Number(a.path !== '') - Number(b.path !== '') || a.range.start.offset - b.range.start.offset
    || compareText(a.path, b.path) || compareText(a.code, b.code) || compareText(a.message, b.message)
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
