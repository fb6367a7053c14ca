import type { PolicyDocument, PolicyProblem, PolicyType, Range } from '../document'
import { rangeOf } from '../locate'
import { parsePolicy } from '../parse'
import { explainStatement, type Explained } from './statement'
import { sayPolicy } from './summary'

export interface StatementExplanation extends Explained {
  index: number
  path: string
  range: Range
  sid: string | null
  effect: 'Allow' | 'Deny' | null
  /** The statement in whole sentences: `sentence`, then the notes. */
  sentences: string[]
}

export interface PolicyExplanation {
  /** What the policy as a whole says. */
  summary: string[]
  /** One for each statement, in their order. */
  statements: StatementExplanation[]
  /** Where and why IAM refuses it, or accepts it and it cannot do what it says. */
  problems: PolicyProblem[]
}

/** Never throws. */
export function explainPolicy(text: string, type: PolicyType): PolicyExplanation {
  return explainDocument(parsePolicy(text, type))
}

function explainDocument(document: PolicyDocument): PolicyExplanation {
  const statements = document.statements.map((statement): StatementExplanation => {
    const explained = explainStatement(statement, document.type)
    const { index, path, span, sid, effect } = statement
    return {
      index,
      path,
      range: rangeOf(document, span),
      sid: sid?.value ?? null,
      effect: effect?.value ?? null,
      ...explained,
      sentences: [explained.sentence, ...explained.notes],
    }
  })
  return { summary: sayPolicy(document), statements, problems: document.problems }
}
