/**
 * Whether a key policy can be put at all, and what is at stake, by the texts alone. Pure; the impact
 * that the evaluator finds comes on top (lib/drafts).
 */
import type { KeyRow } from '../../../inventory/key-detail'
import type { PolicyDocument } from '../../../policy/document'
import { lintPolicy, type LintFacts } from '../../../policy/lint/lint'
import { parsePolicy } from '../../../policy/parse'
import type { Place } from '../kind'
import type { Weighed } from '../shared/grant-risk'
import { comparePolicies, type PolicyComparison } from './compare'
import { mostPolicyBytes } from '../../../kms/policy-size'
import { isSamePolicy } from './text'

const mostProblems = 5

/**
 * Says why KMS would not store the text, or that there is nothing to do; null: it can be asked for.
 */
export function refusePolicy(before: string, after: string): string | null {
  const bytes = Buffer.byteLength(after)
  if (bytes > mostPolicyBytes)
    return `The policy has ${bytes.toLocaleString('en')} bytes; KMS takes ${mostPolicyBytes.toLocaleString('en')}.`
  if (isSamePolicy(before, after)) return 'The key has this policy already.'
  const errors = parsePolicy(after, 'key').problems.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return null
  const lines = errors
    .slice(0, mostProblems)
    .map(({ range, message }) => `Line ${range.start.line}: ${message}`)
  const more = errors.length - lines.length
  return `KMS would refuse this policy. ${lines.join(' ')}${more > 0 ? ` And ${more} more.` : ''}`
}

/**
 * Rates a change of policy: critical where somebody loses the right to change the policy again,
 * which nobody but AWS Support gives back (lib/kms/README.md, "Key policies"). A text that cannot be
 * read whole is rated high at least: unknown is not no.
 */
export function riskOfPolicy(
  before: string,
  after: string,
  { keyArn, accountId }: Pick<Place, 'keyArn' | 'accountId'>,
): Weighed {
  const documents = { before: parsePolicy(before, 'key'), after: parsePolicy(after, 'key') }
  const broken = Object.values(documents).some(isUnreadable)
  const comparison = comparePolicies({ ...documents, keyArn: keyArn ?? '', accountId })
  const critical = [
    ...listCritical(comparison),
    ...sayLockout(after, { keyArn: keyArn ?? undefined, accountId }),
  ]
  if (critical.length > 0) return { risk: 'critical', reasons: critical }
  const high = listHigh(comparison, broken)
  return high.length > 0
    ? { risk: 'high', reasons: high }
    : {
        risk: 'medium',
        reasons: ['One statement changes; nobody outside of the account gains by it.'],
      }
}

function isUnreadable({ broken, root, statements }: PolicyDocument): boolean {
  return broken || root === null || statements.some(({ unreadable }) => unreadable !== null)
}

function listCritical({ lostAdministrators, newDenies }: PolicyComparison): string[] {
  return [
    ...lostAdministrators.map((id) => `By this text ${id} can no longer change the policy.`),
    ...newDenies.map((sentence) => `A new Deny covers kms:PutKeyPolicy: ${sentence}`),
  ]
}

function sayLockout(after: string, facts: LintFacts): string[] {
  return lintPolicy(after, 'key', facts)
    .filter(({ code }) => code === 'NO_POLICY_ADMINISTRATOR')
    .map(({ message }) => message)
}

/**
 * The text of a policy opens the door; whether IAM of the other account goes
 * through it is that account's to say.
 */
function sayOutsider(label: string): string {
  const account = /^(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(label)?.[1]
  const alone =
    account === undefined
      ? ''
      : ` The administrators of account ${account} can complete this without this console.`
  return `External access opened: ${label} is not of the key’s account and can do more than before.${alone}`
}

function listHigh(
  { outsiders, newPowers, added, removed }: PolicyComparison,
  broken: boolean,
): string[] {
  return [
    ...(broken ? ['A statement of today’s policy or of the new one cannot be judged.'] : []),
    ...outsiders.map(sayOutsider),
    ...newPowers.map((power) => `It newly allows ${power}.`),
    ...(added.length > 1 || removed.length > 1
      ? [`${added.length} statements are new, ${removed.length} go.`]
      : []),
  ]
}

/**
 * Returns what lint says of the new text and does not say of today's: errors and doors to the
 * outside first.
 */
export function warnOfPolicy(
  before: string,
  after: string,
  { keyArn, accountId }: Pick<Place, 'keyArn' | 'accountId'>,
  key: KeyRow | null,
): string[] {
  const facts: LintFacts = {
    keyArn: keyArn ?? undefined,
    accountId,
    keySpec: key?.keySpec ?? undefined,
    keyUsage: key?.keyUsage ?? undefined,
  }
  const known = new Set(lintPolicy(before, 'key', facts).map(({ message }) => message))
  const grave = lintPolicy(after, 'key', facts).filter(
    ({ severity, message }) => severity !== 'suggestion' && !known.has(message),
  )
  const rank = { error: 0, 'security-warning': 1, warning: 2, suggestion: 3 } as const
  return grave
    .sort((a, b) => rank[a.severity] - rank[b.severity])
    .slice(0, 50)
    .map(({ range, message }) => `Line ${range.start.line}: ${message}`)
}

/** Says which statements come and which go, a sentence each. */
export function describePolicyChange(
  before: string,
  after: string,
  { keyArn, accountId }: Pick<Place, 'keyArn' | 'accountId'>,
): string[] {
  const { added, removed } = comparePolicies({
    before: parsePolicy(before, 'key'),
    after: parsePolicy(after, 'key'),
    keyArn: keyArn ?? '',
    accountId,
  })
  if (added.length + removed.length === 0)
    return ['It says the same in other words or another order.']
  return [
    ...added.map((sentence) => `New: ${sentence}`),
    ...removed.map((sentence) => `No longer: ${sentence}`),
  ]
}
