import 'server-only'
import {
  DescribeOrganizationalUnitCommand,
  DescribePolicyCommand,
  ListParentsCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListRootsCommand,
  type OrganizationsClient,
  type PolicySummary,
  type PolicyType,
} from '@aws-sdk/client-organizations'
import { describeOrganization, noteNoOrganization } from '@/lib/accounts/organization'
import { openOrganizations } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { listTokenPages } from '@/lib/aws/pages'
import { db } from '@/lib/db/client'
import { membershipNeeds } from './membership'
import { writeOrganization, type NodeRow, type PolicyRow } from './organization-write'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatus } from '@/lib/sweep/sweep-status'

const policyTypes = [
  'SERVICE_CONTROL_POLICY',
  'RESOURCE_CONTROL_POLICY',
] as const satisfies readonly PolicyType[]

/**
 * The tree of the organization and the policies that hang in it. Only its management account, or a
 * delegated one, may read them.
 */
async function sweepOrganization(run: Run): Promise<Outcome> {
  const client = openOrganizations(run.reader)
  const organization = await run.call('organizations:DescribeOrganization', () =>
    describeOrganization(client),
  )
  if (organization === 'none') {
    const { accountId } = run.lease
    return { ...sweepStatus(run), conclude: (tx) => noteNoOrganization(tx, accountId) }
  }
  const nodes = await readTree(run, client)
  const policies = await readPolicies(run, client)
  await readAttachments(run, client, nodes)
  run.progress = { itemsDone: nodes.length, itemsTotal: nodes.length }
  return {
    ...sweepStatus(run),
    conclude: (tx) =>
      writeOrganization(tx, organization, nodes, policies.rows, policies.listedTypes),
  }
}

export const organizationSweep = defineSweep({
  kind: 'organization',
  place: 'organization',
  every: 4,
  priority: 0,
  lane: 'quick',
  needs: {
    ...membershipNeeds,
    'organizations:ListRoots': {
      gives: 'the root of the organization',
      without: 'Policies attached to the root are unknown.',
    },
    'organizations:ListParents': {
      gives: 'the tree of units',
      without: 'Which unit an account is in, and so which policies reach it, is unknown.',
    },
    'organizations:DescribeOrganizationalUnit': {
      gives: 'names of units',
      without: 'Units are shown by their ids.',
    },
    'organizations:ListPolicies': {
      gives: 'service and resource control policies',
      without: 'What the organization forbids is unknown: access may be shown that it denies.',
    },
    'organizations:ListPoliciesForTarget': {
      gives: 'where those policies are attached',
      without: 'Whether a policy of the organization reaches an account is unknown.',
    },
    'organizations:DescribePolicy': {
      gives: 'the text of those policies',
      without: 'What they forbid is unknown.',
    },
  },
  run: sweepOrganization,
})

/**
 * Roots, then each account's way up: ListParents is the one call of the tree
 * that a read role commonly has.
 */
async function readTree(run: Run, client: OrganizationsClient): Promise<NodeRow[]> {
  const nodes = new Map<string, NodeRow>()
  const add = (id: string, kind: NodeRow['kind'], name: string, parentId: string | null) =>
    nodes.set(id, { id, kind, name, parentId, scpIds: [], rcpIds: [], problems: {} })
  const roots = listTokenPages(
    (NextToken) =>
      run.call('organizations:ListRoots', () => client.send(new ListRootsCommand({ NextToken }))),
    (page) => page.NextToken,
  )
  for await (const page of roots)
    for (const root of page.Roots ?? [])
      if (root.Id) add(root.Id, 'root', root.Name ?? 'Root', null)
  const accounts = await db.account.findMany({
    where: { removedAt: null, OR: [{ state: null }, { state: { not: 'LEFT' } }] },
  })
  for (const account of accounts) {
    let child = { id: account.id, kind: 'account' as NodeRow['kind'], name: account.name }
    while (!nodes.has(child.id)) {
      const parent = await findParent(run, client, child.id)
      // Not of this organization: its policies say nothing about that account.
      if (parent === null) break
      add(child.id, child.kind, child.name, parent)
      if (nodes.has(parent)) break
      child = { id: parent, kind: 'unit', name: await readUnitName(run, client, parent) }
    }
  }
  return [...nodes.values()]
}

async function findParent(
  run: Run,
  client: OrganizationsClient,
  childId: string,
): Promise<string | null> {
  try {
    const { Parents } = await run.call('organizations:ListParents', () =>
      client.send(new ListParentsCommand({ ChildId: childId })),
    )
    return Parents?.[0]?.Id ?? null
  } catch (error) {
    // An account of a file or added by hand need not be of the organization.
    if (error instanceof AwsProblem && error.kind === 'notFound') return null
    throw error
  }
}

async function readUnitName(run: Run, client: OrganizationsClient, id: string): Promise<string> {
  const api = 'organizations:DescribeOrganizationalUnit'
  if (run.tally.whyAllFailed(api)) return id
  try {
    const { OrganizationalUnit } = await run.call(api, () =>
      client.send(new DescribeOrganizationalUnitCommand({ OrganizationalUnitId: id })),
    )
    return OrganizationalUnit?.Name ?? id
  } catch (error) {
    if (error instanceof AwsProblem) return id
    throw error
  }
}

/** `listedTypes`: those whose list ended well, so that a policy it does not name is no more. */
async function readPolicies(
  run: Run,
  client: OrganizationsClient,
): Promise<{ rows: PolicyRow[]; listedTypes: PolicyType[] }> {
  const rows: PolicyRow[] = []
  const listedTypes: PolicyType[] = []
  for (const Filter of policyTypes) {
    const listed: PolicySummary[] = []
    const pages = listTokenPages(
      (NextToken) =>
        run.call('organizations:ListPolicies', () =>
          client.send(new ListPoliciesCommand({ Filter, NextToken })),
        ),
      (page) => page.NextToken,
    )
    try {
      for await (const page of pages) listed.push(...(page.Policies ?? []))
      listedTypes.push(Filter)
    } catch (error) {
      if (!(error instanceof AwsProblem)) throw error
    }
    for (const { Id: id, Name: name = '', AwsManaged: awsManaged = false } of listed) {
      if (!id) continue
      const row: PolicyRow = { id, type: Filter, name, awsManaged, content: null, problem: null }
      try {
        const { Policy } = await run.call('organizations:DescribePolicy', () =>
          client.send(new DescribePolicyCommand({ PolicyId: id })),
        )
        row.content = Policy?.Content ?? null
      } catch (error) {
        if (!(error instanceof AwsProblem)) throw error
        row.problem = `${error.code}: ${error.message}`
      }
      rows.push(row)
    }
  }
  return { rows, listedTypes }
}

async function readAttachments(
  run: Run,
  client: OrganizationsClient,
  nodes: readonly NodeRow[],
): Promise<void> {
  for (const node of nodes) {
    for (const Filter of policyTypes) {
      const part = Filter === 'SERVICE_CONTROL_POLICY' ? 'scpIds' : 'rcpIds'
      const ids: string[] = []
      const pages = listTokenPages(
        (NextToken) =>
          run.call('organizations:ListPoliciesForTarget', () =>
            client.send(new ListPoliciesForTargetCommand({ TargetId: node.id, Filter, NextToken })),
          ),
        (page) => page.NextToken,
      )
      try {
        for await (const page of pages)
          for (const { Id } of page.Policies ?? []) if (Id) ids.push(Id)
        node[part] = ids
      } catch (error) {
        if (!(error instanceof AwsProblem)) throw error
        node.problems[part] = `${error.code}: ${error.message}`
      }
    }
  }
}
