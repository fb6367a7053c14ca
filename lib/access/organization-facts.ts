import { parsedPolicy } from './parsed'
import type { PolicyDocument } from '../policy/document'

/** The tree of the organization, as far as it was read. */
export type OrganizationFacts = {
  id: string
  managementAccountId: string
  nodes: ReadonlyMap<string, { id: string; parentId: string | null; scpIds: readonly string[]; rcpIds: readonly string[]; problems: Readonly<Record<string, string>> }>
  /** Policy id -> text; null: could not be read. */
  policies: ReadonlyMap<string, string | null>
}

type Levels = readonly (readonly (PolicyDocument | null)[] | null)[]

const kinds = { scp: 'scpIds', rcp: 'rcpIds' } as const

/**
 * What the organization lays on an account, from the root down. undefined: nothing is in force (no organization, or its
 * management account, which SCPs and RCPs do not bind: aws-facts 4.3). null: the account may be in an organization we cannot read.
 */
export function controlPoliciesOf(organization: OrganizationFacts | null, accountId: string, kind: 'scp' | 'rcp'): Levels | null | undefined {
  if (!organization) return null
  if (accountId === organization.managementAccountId) return undefined
  const levels: (readonly (PolicyDocument | null)[] | null)[] = []
  let node = organization.nodes.get(accountId)
  if (!node) return null
  for (; node; node = node.parentId === null ? undefined : organization.nodes.get(node.parentId)) {
    const ids = kinds[kind]
    // A root, unit or account has at least one policy of a type that is on (the full-access one at least): none means that it is off.
    if (!node.problems[ids] && node[ids].length === 0) continue
    levels.unshift(node.problems[ids] ? null : node[ids].map((id) => {
      const text = organization.policies.get(id) ?? null
      return text === null ? null : parsedPolicy(text, kind)
    }))
  }
  return levels.length === 0 ? undefined : levels
}

export const isMember = (organization: OrganizationFacts | null, accountId: string): boolean =>
  organization !== null && (organization.nodes.has(accountId) || accountId === organization.managementAccountId)

/** `o-…/r-…/ou-…/` of an account, as aws:PrincipalOrgPaths and aws:ResourceOrgPaths have it; null where the tree is not known. */
export function organizationPathOf(organization: OrganizationFacts | null, accountId: string): string | null {
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
