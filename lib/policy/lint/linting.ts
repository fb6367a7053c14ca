import type { Placed, PolicyDocument } from '../document'
import { rangeOf } from '../locate'
import { catalog, type RuleCode } from './catalog'
import type { LintFacts, LintFinding, LintSeverity } from './finding'
import { findOwnAccount, type OwnAccount } from './own-account'

/** What the rules share: the document, what is known beside it, and where findings go. */
export class Linting {
  readonly findings: LintFinding[] = []
  /**
   * The key's account: given, or as the policy itself shows it. null: not known,
   * and so is who is a stranger.
   */
  readonly own: OwnAccount | null

  constructor(
    readonly document: PolicyDocument,
    readonly facts: LintFacts,
  ) {
    this.own = findOwnAccount(document, facts)
  }

  report(
    code: RuleCode,
    at: Placed | null,
    message: string,
    fix: string,
    severity: LintSeverity = catalog[code].severity,
  ): void {
    // A hostile document must not make a report longer than itself.
    if (this.findings.length >= 2000) return
    const { path, span } = at ?? { path: '', span: { start: 0, end: this.document.text.length } }
    this.findings.push({
      code,
      id: catalog[code].id,
      severity,
      path,
      range: rangeOf(this.document, span),
      message,
      fix,
    })
  }
}

/** For messages: what is written may be long. */
export function quote(text: string): string {
  return `"${text.length > 80 ? `${text.slice(0, 80)}…` : text}"`
}

/** `a, b and c`; of many only the first few. */
export function enumerate(items: readonly string[], most = 6): string {
  const shown = items.slice(0, most)
  const rest = items.length - shown.length
  if (rest > 0) return `${shown.join(', ')} and ${rest} more`
  const last = shown.pop() ?? ''
  return shown.length > 0 ? `${shown.join(', ')} and ${last}` : last
}
