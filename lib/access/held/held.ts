/** The permissions of KMS that an IAM policy gives, beside what was used of them. Pure. */
import { findOperation } from '../../kms/operations'

/** A statement of a policy that a principal holds and that allows something of KMS. */
export type HeldStatement = {
  /** What a person calls the policy. */
  title: string
  /** As it is written. */
  text: string
  sid: string | null
  /** Its place in the policy, from 1. */
  place: number
  /** The operations' actions that it allows: Decrypt, ReEncryptFrom. */
  actions: readonly string[]
  /** Actions that it allows and no record of CloudTrail tells of: nobody knows whether they are used. */
  unseen: readonly string[]
  /** It names what it does not allow, or all services at once: no list of actions can narrow it. */
  isWide: boolean
}

export type Held =
  | { kind: 'known'; statements: readonly HeldStatement[]; readAt: string | null }
  /** Its policies are not known here, and why. */
  | { kind: 'unknown'; why: string }

/** Returns the actions that an operation asks for: itself, but for ReEncrypt. */
const actionsOf = (operation: string): readonly string[] =>
  findOperation(operation)?.actions ?? [operation]

export type Narrowing = {
  statement: HeldStatement
  unused: readonly string[]
  /** The statement with what was used alone; null: nothing was, or it cannot be narrowed. */
  proposal: string | null
}

/** Returns what of each statement was not used, and the statement without it. */
export function narrow(
  statements: readonly HeldStatement[],
  usedOperations: readonly string[],
): Narrowing[] {
  const used = new Set(usedOperations.flatMap(actionsOf))
  return statements.map((statement) => {
    const unused = statement.actions.filter((action) => !used.has(action))
    const kept = statement.actions.filter((action) => used.has(action))
    const canNarrow = !statement.isWide && unused.length > 0 && kept.length > 0
    const proposed = [...kept, ...statement.unseen]
    return { statement, unused, proposal: canNarrow ? propose(statement.text, proposed) : null }
  })
}

/** The statement as it is, with these actions of KMS in place of those it has. */
function propose(text: string, kept: readonly string[]): string | null {
  const parsed: unknown = JSON.parse(text)
  if (typeof parsed !== 'object' || parsed === null || !('Action' in parsed)) return null
  const actions = [parsed.Action].flat().filter((one): one is string => typeof one === 'string')
  const others = actions.filter((action) => !/^kms:/i.test(action))
  const Action = [...others, ...kept.map((name) => `kms:${name}`)]
  return JSON.stringify({ ...parsed, Action }, null, 2)
}
