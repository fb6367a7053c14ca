import type { Range } from '../document'

/**
 * Access Analyzer's four. error: refused, or it cannot do what it says. security-warning: it
 * lets in whom it should not. warning: surely not what was meant. suggestion: could be said
 * better, or is worth a look.
 */
export type LintSeverity = 'error' | 'security-warning' | 'warning' | 'suggestion'

export interface LintFinding {
  /** Stable. Access Analyzer's issue code where it has the check. */
  code: string
  /** Of the rules of findings (`POL-01`, `IAM-04`), where it is one of them. */
  id: string | null
  severity: LintSeverity
  /** '' for the document as a whole. */
  path: string
  range: Range
  /** What is wrong and why it matters. */
  message: string
  /** What to do about it. */
  fix: string
}

/**
 * What is known beside the document. What is absent is not known, and rules that need it are
 * silent; without the account of the key, that external access is not judged is itself a finding.
 */
export interface LintFacts {
  keyArn?: string
  /** Of the key. */
  accountId?: string
  /** Of the key's account, `o-…`. */
  organizationId?: string
  /** Accounts that are ours or were accepted: all accounts of the organization, say. */
  knownAccounts?: readonly string[]
  keyManager?: 'AWS' | 'CUSTOMER'
  keySpec?: string
  keyUsage?: string
  /** By account, the ARNs of all its users and roles; an account that is not in it is not known. */
  principals?: Readonly<Record<string, readonly string[]>>
  /** ARNs of those who may change aliases or tags of this key and do not administer it. */
  whoMayChangeAliases?: readonly string[]
}
