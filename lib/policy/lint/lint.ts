import type { PolicyType, Range } from '../document'
import { parsePolicy } from '../parse'

export type LintSeverity = 'error' | 'security-warning' | 'warning' | 'suggestion'

export interface LintFinding {
  code: string
  severity: LintSeverity
  /** '' for the document as a whole. */
  path: string
  range: Range
  message: string
}

/** Never throws. In the order of the document. */
export function lintPolicy(text: string, type: PolicyType): LintFinding[] {
  return parsePolicy(text, type).problems.map(({ code, severity, path, range, message }) => ({ code, severity, path, range, message }))
}
