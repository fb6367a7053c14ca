import { parsedPolicy } from './parsed'
import type { PolicyDocument } from '../policy/document'

/** An account in no organization: since when that is known, and whose word it is (null: AWS's). */
export type Standalone = { at: string; statedBy: string | null }

/** The tree of the organization, as far as it was read, and what is known of accounts beside it. */
export type OrganizationFacts = {
  /** null: no organization was read. */
  id: string | null
  managementAccountId: string | null
  nodes: ReadonlyMap<
    string,
    {
      id: string
      parentId: string | null
      scpIds: readonly string[]
      rcpIds: readonly string[]
      problems: Readonly<Record<string, string>>
    }
  >
  /** Policy id -> text; null: could not be read. */
  policies: ReadonlyMap<string, string | null>
  /** Accounts in no organization. Absent: of none it is known. */
  standalone?: ReadonlyMap<string, Standalone>
  /** Account -> the organization AWS named for it, whether or not its tree was read. */
  memberOf?: ReadonlyMap<string, string>
}

type Levels = readonly (readonly (PolicyDocument | null)[] | null)[]

const kinds = { scp: 'scpIds', rcp: 'rcpIds' } as const

/**
 * Returns what the organization lays on an account, from the root down. undefined:
 * nothing is in force (no organization, or its management account, which SCPs and RCPs
 * do not restrict: Organizations user guide, "Service control policies"). null: the
 * account might be in an organization that was not read. An account found in a tree is
 * bound by it, whatever else was said.
 */
export function controlPoliciesOf(
  organization: OrganizationFacts | null,
  accountId: string,
  kind: 'scp' | 'rcp',
): Levels | null | undefined {
  if (!organization) return null
  if (accountId === organization.managementAccountId) return undefined
  const levels: (readonly (PolicyDocument | null)[] | null)[] = []
  let node = organization.nodes.get(accountId)
  if (!node) return standaloneOf(organization, accountId) ? undefined : null
  for (; node; node = node.parentId === null ? undefined : organization.nodes.get(node.parentId)) {
    const ids = kinds[kind]
    // A root, unit or account has at least one policy of a type that is on (the full-access one at
    // least): none means that it is off.
    if (!node.problems[ids] && node[ids].length === 0) continue
    levels.unshift(
      node.problems[ids]
        ? null
        : node[ids].map((id) => {
            const text = organization.policies.get(id) ?? null
            return text === null ? null : parsedPolicy(text, kind)
          }),
    )
  }
  return levels.length === 0 ? undefined : levels
}

/**
 * Returns what is known of an account in no organization; undefined where it is in one, or not
 * known.
 */
export function standaloneOf(
  organization: OrganizationFacts | null,
  accountId: string,
): Standalone | undefined {
  if (!organization || isMember(organization, accountId)) return undefined
  return organization.standalone?.get(accountId)
}

/** Tells whether the account is one of the organization that was read. */
export const isMember = (organization: OrganizationFacts | null, accountId: string): boolean =>
  organization !== null &&
  organization.id !== null &&
  (organization.nodes.has(accountId) ||
    accountId === organization.managementAccountId ||
    organization.memberOf?.get(accountId) === organization.id)

/**
 * Says what about an account's organization is not known, and what settles it; null: all is known
 * that decides about access.
 */
export function organizationGap(
  organization: OrganizationFacts | null,
  accountId: string,
): string | null {
  if (standaloneOf(organization, accountId)) return null
  if (organization && accountId === organization.managementAccountId) return null
  if (organization?.nodes.has(accountId)) return null
  const might = 'A policy of it might deny what the rest allows.'
  const id = organization?.memberOf?.get(accountId)
  if (id) {
    return (
      `The policies of organization ${id} have not been read for account ${accountId}. ${might} ` +
      'They are read through the management account, which must be connected: its read role ' +
      'needs organizations:ListRoots, ListParents, ListPolicies, ListPoliciesForTarget and ' +
      'DescribePolicy.'
    )
  }
  return (
    `It is not known whether account ${accountId} is in an organization. ${might} ` +
    'Allow organizations:DescribeOrganization to the read role of the account, or state on the ' +
    'Accounts page that it has no organization.'
  )
}

/**
 * Returns `o-…/r-…/ou-…/` of an account, as aws:PrincipalOrgPaths and aws:ResourceOrgPaths have it;
 * null where the tree is not known.
 */
export function organizationPathOf(
  organization: OrganizationFacts | null,
  accountId: string,
): string | null {
  const path: string[] = []
  let node = organization?.nodes.get(accountId)
  if (!organization || !node) return null
  while (node) {
    if (node.id !== accountId) path.unshift(node.id)
    if (node.parentId === null) return `${[organization.id, ...path].join('/')}/`
    node = organization.nodes.get(node.parentId)
  }
  return null
}
