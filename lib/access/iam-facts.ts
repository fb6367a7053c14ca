import 'server-only'
import { z } from 'zod'
import type { PolicyInput } from '../policy/case'
import { parsedPolicy } from './parsed'
import { canTagSessions } from './session-tags'

const inline = z.array(z.object({ name: z.string(), document: z.string().nullable() }))
const holder = { inlinePolicies: inline, attachedPolicyArns: z.array(z.string()) }
const userDetails = z.object({
  ...holder,
  groups: z.array(z.string()),
  permissionsBoundaryArn: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
})
const roleDetails = z.object({
  ...holder,
  permissionsBoundaryArn: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  trustPolicy: z.string().nullable(),
})
const groupDetails = z.object(holder)
const policyDetails = z.object({ document: z.string().nullable() })

/** A stored row of IamEntity. */
export type IamRow = {
  arn: string
  accountId: string
  kind: string
  name: string
  path: string
  uniqueId: string
  details: unknown
}

/** IAM of some accounts, ready to be asked. `accounts`: those whose IAM was read. */
export type IamFacts = {
  accounts: ReadonlySet<string>
  entities: ReadonlyMap<string, IamRow>
  /** The ARN of each role by `ACCOUNT NAME`: role names are unique in an account, whatever the path. */
  roles: ReadonlyMap<string, string>
  /** Managed policies by ARN, AWS's own among them; null: its text could not be read. */
  policies: ReadonlyMap<string, string | null>
  groups: ReadonlyMap<string, z.output<typeof groupDetails>>
}

/**
 * Sorts rows of IAM by what an evaluation looks up. A document that cannot be read is null, which
 * keeps the answer unknown.
 */
export function gatherIam(accounts: ReadonlySet<string>, rows: readonly IamRow[]): IamFacts {
  const entities = new Map<string, IamRow>()
  const roles = new Map<string, string>()
  const policies = new Map<string, string | null>()
  const groups = new Map<string, z.output<typeof groupDetails>>()
  for (const row of rows) {
    if (row.kind === 'policy')
      policies.set(row.arn, policyDetails.safeParse(row.details).data?.document ?? null)
    else if (row.kind === 'group') {
      const details = groupDetails.safeParse(row.details)
      if (details.success) groups.set(`${row.accountId} ${row.name}`, details.data)
    } else {
      entities.set(row.arn, row)
      if (row.kind === 'role') roles.set(`${row.accountId} ${row.name}`, row.arn)
    }
  }
  return { accounts, entities, roles, policies, groups }
}

type Titled = { title: string; policy: PolicyInput }
/** null: not known. */
export type Held = {
  policies: readonly Titled[] | null
  boundaries: readonly Titled[] | null
  tags: Readonly<Record<string, string>>
  /** Of a role: its tags hold for every session of it. */
  areTagsFinal: boolean
}
export const unknownHeld: Held = { policies: null, boundaries: null, tags: {}, areTagsFinal: true }

/**
 * Returns the policies a user or role holds, its groups' among them. What cannot be read is null in
 * its place.
 */
export function policiesHeldBy(iam: IamFacts, row: IamRow): Held {
  const details = (row.kind === 'user' ? userDetails : roleDetails).safeParse(row.details)
  if (!details.success) return unknownHeld
  const { permissionsBoundaryArn, tags } = details.data
  const memberOf = 'groups' in details.data ? details.data.groups : []
  const groups = memberOf.map((name) => ({
    owner: `group ${name}`,
    holder: iam.groups.get(`${row.accountId} ${name}`),
  }))
  const lists = [{ owner: `${row.kind} ${row.name}`, holder: details.data }, ...groups].map(
    ({ owner, holder: held }) => held && listHeld(iam, owner, held),
  )
  return {
    policies: lists.every((list) => list !== undefined) ? lists.flat() : null,
    boundaries:
      permissionsBoundaryArn === null ? [] : [managed(iam, permissionsBoundaryArn, 'boundary')],
    tags,
    areTagsFinal: !('trustPolicy' in details.data) || !canTagSessions(details.data.trustPolicy),
  }
}

function listHeld(
  iam: IamFacts,
  owner: string,
  { inlinePolicies, attachedPolicyArns }: z.output<typeof groupDetails>,
): Titled[] {
  return [
    ...inlinePolicies.map(({ name, document }) => ({
      title: `inline policy ${name} of ${owner}`,
      policy: document === null ? null : parsedPolicy(document, 'identity'),
    })),
    ...attachedPolicyArns.map((arn) => managed(iam, arn, 'identity')),
  ]
}

function managed(iam: IamFacts, arn: string, type: 'identity' | 'boundary'): Titled {
  const text = iam.policies.get(arn) ?? null
  return {
    title: `${type === 'boundary' ? 'permissions boundary' : 'managed policy'} ${arn}`,
    policy: text === null ? null : parsedPolicy(text, type),
  }
}
