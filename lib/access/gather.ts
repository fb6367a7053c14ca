import { policiesHeldBy, unknownHeld, type IamFacts } from './iam-facts'
import {
  controlPoliciesOf,
  isMember,
  organizationPathOf,
  type OrganizationFacts,
} from './organization-facts'
import {
  accountOfPrincipal,
  kindOfPrincipal,
  nameOfPrincipal,
  type Nearness,
  type PrincipalFacts,
} from './principal-facts'

/**
 * Where facts about principals come from. `hidden`: accounts of which the asker is not to learn
 * whether they are in the organization, nor what it lays on them: to the asker that is unknown.
 */
export type Sources = {
  iam: IamFacts
  organization: OrganizationFacts | null
  hidden?: (accountId: string) => boolean
}

/** Returns everything we hold about one principal, as seen from an account's key. */
export function factsOfPrincipal(
  { iam, hidden, ...sources }: Sources,
  id: string,
  keyAccountId: string,
): PrincipalFacts {
  const kind = kindOfPrincipal(id)
  const accountId = accountOfPrincipal(id)
  const isHidden = accountId !== null && accountId !== keyAccountId && hidden?.(accountId) === true
  const organization = isHidden ? null : sources.organization
  const nearness = isHidden ? 'elsewhere' : nearnessOf(organization, id, accountId, keyAccountId)
  const base = { id, kind, name: nameOfPrincipal(id), accountId, nearness }
  if (accountId === null || standsForNoIdentity(kind)) return { ...base, ...withoutIam }
  const connected = iam.accounts.has(accountId)
  const entity = iam.entities.get(kind === 'session' ? (roleOfSession(iam, id) ?? '') : id)
  const held = entity ? policiesHeldBy(iam, entity) : unknownHeld
  const context = contextOfAccount(organization, accountId)
  const tags = Object.fromEntries(
    Object.entries(held.tags).map(([name, value]) => [`aws:PrincipalTag/${name}`, value]),
  )
  return {
    ...base,
    connected,
    context: held.areTagsFinal ? { ...context, ...tags } : context,
    overridable: held.areTagsFinal ? {} : tags,
    // An account as such stands for whoever its administrators let through: nothing
    // of it narrows the question.
    ...(kind === 'account' ? unnarrowed : narrowedBy(held, organization, accountId)),
    titles: {
      identityPolicies: titlesOf(held.policies),
      permissionBoundaries: titlesOf(held.boundaries),
    },
  }
}

const standsForNoIdentity = (kind: PrincipalFacts['kind']) =>
  kind === 'service' || kind === 'anyone' || kind === 'deleted' || kind === 'other'

const unnarrowed = {
  identityPolicies: undefined,
  permissionBoundaries: undefined,
  serviceControlPolicies: undefined,
}

function narrowedBy(
  { policies, boundaries }: typeof unknownHeld,
  organization: OrganizationFacts | null,
  accountId: string,
) {
  return {
    identityPolicies: policies && policies.map(({ policy }) => policy),
    permissionBoundaries:
      boundaries?.length === 0 ? undefined : boundaries && boundaries.map(({ policy }) => policy),
    serviceControlPolicies: controlPoliciesOf(organization, accountId, 'scp'),
  }
}

/** What every request of the account says about the organization. */
function contextOfAccount(
  organization: OrganizationFacts | null,
  accountId: string,
): Record<string, string> {
  const context: Record<string, string> = {}
  if (organization?.id && isMember(organization, accountId))
    context['aws:PrincipalOrgID'] = organization.id
  const path = organizationPathOf(organization, accountId)
  if (path) context['aws:PrincipalOrgPaths'] = path
  return context
}

const titlesOf = (list: readonly { title: string }[] | null) =>
  (list ?? []).map(({ title }) => title)
const withoutIam = {
  connected: false,
  ...unnarrowed,
  titles: { identityPolicies: [], permissionBoundaries: [] },
  context: {},
}

/** A session's ARN has its role's name without the path. */
function roleOfSession(iam: IamFacts, sessionArn: string): string | null {
  const match = /^arn:([^:]+):sts::(\d{12}):assumed-role\/([^/]+)\//.exec(sessionArn)
  if (!match) return null
  const [, partition, accountId, role] = match
  const plain = `arn:${partition}:iam::${accountId}:role/${role}`
  return iam.entities.has(plain) ? plain : (iam.roles.get(`${accountId} ${role}`) ?? null)
}

function nearnessOf(
  organization: OrganizationFacts | null,
  id: string,
  accountId: string | null,
  keyAccountId: string,
): Nearness {
  if (id === '*') return 'anyone'
  if (accountId === keyAccountId) return 'account'
  if (accountId === null) return kindOfPrincipal(id) === 'service' ? 'aws' : 'outside'
  return isMember(organization, accountId) && isMember(organization, keyAccountId)
    ? 'organization'
    : 'outside'
}
