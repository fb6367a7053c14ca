import type { PolicyProblem, PolicyType, Range } from '../document'
import { parsePolicy } from '../parse'

export interface StatementExplanation {
  index: number
  path: string
  range: Range
  sid: string | null
  /** The statement in whole sentences. */
  sentences: string[]
}

export interface PolicyExplanation {
  /** What the policy as a whole says. */
  summary: string[]
  statements: StatementExplanation[]
  problems: PolicyProblem[]
}

/** Never throws. */
export function explainPolicy(text: string, type: PolicyType): PolicyExplanation {
  const document = parsePolicy(text, type)
  return { summary: [], statements: [], problems: document.problems }
}
