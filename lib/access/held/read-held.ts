import 'server-only'
import type { Permit } from '../../auth/permit'
import { sql } from '../../db/client'
import { findOperation } from '../../kms/operations'
import type { PolicyDocument, PolicyStatement } from '../../policy/document'
import { kmsActions } from '../../policy/lint/kms'
import { compilePattern, markWildcards, matchPattern } from '../../policy/match'
import { iamReadAt, joinIamRead } from '../../sweep/last-read'
import { policiesHeldBy } from '../iam-facts'
import { accountOfPrincipal } from '../principal-facts'
import { inAccounts } from '../read'
import { readIamOf } from '../read-iam-of'
import type { Held, HeldStatement } from './held'

/** Returns what the IAM policies of a user or role allow it of KMS, its groups' among them. */
export async function readHeld({ scope }: Permit<'access.read'>, principal: string): Promise<Held> {
  const account = accountOfPrincipal(principal)
  if (account === null || inAccounts(scope, [account]).length === 0)
    return { kind: 'unknown', why: 'Its account is not among those you can see.' }
  const iam = await readIamOf(sql, [principal])
  const entity = iam.entities.get(principal)
  if (!entity)
    return {
      kind: 'unknown',
      why: 'No such user or role is known: IAM was not read, or it is gone.',
    }
  const { policies } = policiesHeldBy(iam, entity)
  const documents = policies?.flatMap(({ title, policy }) =>
    isDocument(policy) && !policy.broken ? [{ title, policy }] : [],
  )
  if (!policies || documents?.length !== policies.length)
    return { kind: 'unknown', why: 'A policy that it holds could not be read.' }
  const [read] = await sql.query<{ at: Date | null }>(
    `SELECT min(${iamReadAt}) AS at FROM "IamEntity" e ${joinIamRead}
     WHERE e."goneAt" IS NULL AND e."arn" = $1`,
    [principal],
  )
  return {
    kind: 'known',
    statements: documents.flatMap(({ title, policy }) =>
      policy.statements.flatMap((statement) => toHeld(title, policy, statement)),
    ),
    readAt: read?.at?.toISOString() ?? null,
  }
}

const isDocument = (policy: unknown): policy is PolicyDocument =>
  typeof policy === 'object' && policy !== null && 'statements' in policy

function toHeld(
  title: string,
  policy: PolicyDocument,
  statement: PolicyStatement,
): HeldStatement[] {
  const { action, effect, sid, span, index } = statement
  if (effect?.value !== 'Allow' || !action || statement.unreadable !== null) return []
  const patterns = action.values.map(({ value }) =>
    compilePattern(markWildcards(value.toLowerCase())),
  )
  const allowed = kmsActions
    .map(({ name }) => name)
    .filter(
      (name) =>
        patterns.some((one) => matchPattern(one, `kms:${name.toLowerCase()}`)) !== action.negated,
    )
  const actions = allowed.filter((name) => findOperation(name))
  if (actions.length === 0) return []
  const isWide = action.negated || action.values.some(({ value }) => !value.includes(':'))
  return [
    {
      title,
      text: policy.text.slice(span.start, span.end),
      sid: sid?.value ?? null,
      place: index + 1,
      actions,
      unseen: allowed.filter((name) => !findOperation(name)),
      isWide,
    },
  ]
}
