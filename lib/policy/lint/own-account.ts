import { accountPattern, parseArn } from '../../kms/arn'
import type { PolicyDocument, PolicyStatement } from '../document'
import type { LintFacts } from './finding'
import { allowsOperation, principalAccount } from './reach'

export interface OwnAccount {
  id: string
  /** The policy shows it; nobody said so. */
  inferred: boolean
}

/**
 * Without facts, the account that the policy lets change the policy: from any other account
 * PutKeyPolicy has no effect (aws-facts 4.3), so it is the key's, or nobody could. Of several, the
 * one of AWS's own first statement.
 */
export function findOwnAccount(
  document: PolicyDocument,
  { accountId, keyArn }: LintFacts,
): OwnAccount | null {
  const given = accountId ?? (keyArn === undefined ? undefined : parseArn(keyArn)?.account)
  if (given !== undefined) return accountPattern.test(given) ? { id: given, inferred: false } : null
  if (document.type !== 'key') return null
  const ruling = document.statements.filter((statement) =>
    allowsOperation(statement, 'putkeypolicy'),
  )
  const only = (statements: readonly PolicyStatement[]): string | null => {
    const accounts = new Set(
      statements.flatMap((statement) => (statement.principal?.values ?? []).map(principalAccount)),
    )
    accounts.delete('')
    const [first, ...others] = accounts
    return first !== undefined && others.length === 0 ? first : null
  }
  const id =
    only(ruling) ??
    only(
      ruling.filter(({ sid }) =>
        /^enable iam (?:user permissions|policies)$/i.test(sid?.value ?? ''),
      ),
    )
  return id === null ? null : { id, inferred: true }
}
