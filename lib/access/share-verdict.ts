import type { PolicyDocument } from '../policy/document'
import type { ExternalReach } from './external'
import type { WeighedKey } from './fleet-keys'
import type { OrganizationFacts } from './organization-facts'
import { parsedPolicy } from './parsed'

/**
 * Names the verdict of a key by all that it hangs on but the organization: keys of one account with
 * one policy text mostly differ in nothing that a statement asks about. Two keys with one name get
 * one verdict; null: the key is judged by itself.
 */
export function shareName(key: WeighedKey, organization: OrganizationFacts | null): string | null {
  const { accountId } = key.row
  const isGranted = key.grants.some(({ GranteePrincipal: id }) => isForeign(id, accountId))
  return isGranted || key.facts.policy === null ? null : nameVerdict(key, organization)
}

/**
 * The same for keys none of whose grants is asked about. `held`: documents of a principal that
 * decide beside the key's.
 */
export function nameVerdict(
  { row, facts }: WeighedKey,
  organization: OrganizationFacts | null,
  held: readonly PolicyDocument[] = [],
): string | null {
  const laid = laidBy(organization)
  const documents = facts.policy === null ? held : [facts.policy, ...held]
  if (!laid.isPlain || !documents.every(isPlain)) return null
  const said = [...documents.map(({ text }) => text.toLowerCase()), laid.text].join(' ')
  const asked = Object.entries(facts.context).filter(([name]) => said.includes(name.toLowerCase()))
  return JSON.stringify([
    row.accountId,
    facts.policy && row.policyHash,
    facts.keyUsage,
    facts.keyManager,
    facts.grants === null,
    asked.sort(([a], [b]) => (a < b ? -1 : 1)),
    said.includes('trailingdays') ? facts.trailingDaysWithoutUsage : null,
  ])
}

const isForeign = (id: string | undefined, accountId: string) =>
  id !== undefined && !id.includes(`:${accountId}:`)

/**
 * Whether all that a document says is known and stands in its text: not of one that cannot be read,
 * nor of one that escapes a letter, as \u002f or \/, which hides the names of condition keys from
 * a search.
 */
export const isReadable = (document: PolicyDocument): boolean =>
  !document.broken &&
  !document.text.includes('\\') &&
  document.statements.every(({ unreadable }) => unreadable === null)

/** Whether a document speaks of all keys alike: of none when a resource is narrower than "*". */
export const isPlain = (document: PolicyDocument): boolean =>
  isReadable(document) &&
  document.statements.every(
    ({ resource }) =>
      resource === null ||
      (!resource.negated && resource.values.every(({ value }) => value === '*')),
  )

type Laid = { text: string; isPlain: boolean }
const known = new WeakMap<OrganizationFacts, Laid>()

/** All that the organization's policies say, whichever accounts they are attached to. */
function laidBy(organization: OrganizationFacts | null): Laid {
  if (!organization) return { text: '', isPlain: true }
  const before = known.get(organization)
  if (before) return before
  const documents = documentsOf(organization)
  const laid = {
    text: documents
      .map(({ text }) => text)
      .join(' ')
      .toLowerCase(),
    isPlain: documents.every(isPlain),
  }
  known.set(organization, laid)
  return laid
}

/** The organization's policies that could be read, each as what it is attached as. */
export function documentsOf(organization: OrganizationFacts | null): PolicyDocument[] {
  if (!organization) return []
  const rcps = new Set([...organization.nodes.values()].flatMap(({ rcpIds }) => rcpIds))
  return [...organization.policies].flatMap(([id, text]) =>
    text === null ? [] : parsedPolicy(text, rcps.has(id) ? 'rcp' : 'scp'),
  )
}

/**
 * A shared verdict as the key's own: what it names is the same but for the key and the day
 * its policy was first seen.
 */
export const asOf = (
  reaches: readonly ExternalReach[],
  keyArn: string,
  policySince: string | null,
): ExternalReach[] =>
  reaches.map((reach) => ({
    ...reach,
    keyArn,
    through: reach.through.map((road) => ({ ...road, since: policySince })),
  }))
