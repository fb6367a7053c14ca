import 'server-only'
import { z } from 'zod'
import { lintPolicy } from '../../../policy/lint/lint'
import { parsePolicy } from '../../../policy/parse'
import type { PolicyStatement } from '../../../policy/document'
import type { Place } from '../kind'

/** A key policy that IAM and KMS would take as a document; null: AWS's default policy. */
export const keyPolicyText = z
  .string()
  .max(131_072, 'The policy is too long.')
  .superRefine((text, context) => {
    for (const { severity, path, message } of parsePolicy(text, 'key').problems.slice(0, 5)) {
      if (severity === 'error')
        context.addIssue({ code: 'custom', message: path ? `${path}: ${message}` : message })
    }
  })
  .nullable()

/**
 * Tells whether every role that IAM allows can read a key of this policy: the account is allowed
 * all, and nothing is denied.
 */
export function delegatesReading(policy: string | null, accountId: string): boolean {
  if (policy === null) return true
  const { statements } = parsePolicy(policy, 'key')
  return (
    statements.every(({ effect }) => effect?.value === 'Allow') &&
    statements.some((statement) => delegates(statement, accountId))
  )
}

function delegates({ action, principal, conditions }: PolicyStatement, accountId: string): boolean {
  const all =
    action?.negated === false &&
    action.values.some(({ value }) => value === 'kms:*' || value === '*')
  if (!all || (conditions && conditions.length > 0) || !principal || principal.negated) return false
  return principal.values.some(
    ({ kind, value }) =>
      kind === 'AWS' &&
      (value === accountId || new RegExp(`^arn:[\\w-]+:iam::${accountId}:root$`).test(value)),
  )
}

/**
 * Returns what lint says of a policy that a new key shall have: errors and security warnings, for
 * who approves.
 */
export function warnOfPolicy(
  policy: string | null,
  facts: { accountId: string; keySpec?: string; keyUsage?: string },
): string[] {
  if (policy === null) return []
  return lintPolicy(policy, 'key', facts)
    .filter(({ severity }) => severity === 'error' || severity === 'security-warning')
    .slice(0, 10)
    .map(({ path, message }) =>
      path ? `Key policy, ${path}: ${message}` : `Key policy: ${message}`,
    )
}

/** The policy that KMS puts where none is given (lib/kms/README.md, "Key policies"). */
export const defaultPolicyOf = ({
  partition,
  accountId,
}: Pick<Place, 'partition' | 'accountId'>): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Enable IAM User Permissions',
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${accountId}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })

export const defaultPolicyWords =
  'It has AWS’s default key policy: IAM of its account decides who may use and administer it.'
