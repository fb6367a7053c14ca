import { describe, expect, it } from 'vitest'
import { openAccount } from '../accounts'
import { accountOperations } from '../account/operations'
import type { Call, Input, Json } from '../call'
import { buildScenario } from '../scenario/build'
import { ACCOUNT, UNIT } from '../scenario/demo/company'
import { callBy } from '../test/call'
import { organizationsOperations } from './operations'

const world = buildScenario({ scenario: 'demo', now: Date.UTC(2026, 10, 18) })

function admin(accountId: string): Call {
  const arn = `arn:aws:iam::${accountId}:user/admin`
  return callBy(
    world,
    {
      accountId,
      arn,
      kind: 'user',
      entityArn: arn,
      userId: 'AIDAX',
      accessKeyId: accountId,
      sessionPolicies: [],
      sourceIdentity: null,
      sessionCreatedAt: null,
    },
    { region: 'us-east-1' },
  )
}

async function run(accountId: string, operation: string, input: Input = {}): Promise<Input> {
  const operate = { ...organizationsOperations, ...accountOperations }[operation]
  if (!operate) throw new Error(`no ${operation}`)
  const service = operation === 'ListRegions' ? 'account' : 'organizations'
  return operate({ ...admin(accountId), service, operation }, input)
}

async function codeOf(outcome: Promise<unknown>): Promise<unknown> {
  return outcome.then(
    () => null,
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )
}

function pick(value: Json | undefined, name: string): (Json | undefined)[] {
  const list = Array.isArray(value) ? value : []
  return list.map((one) =>
    one && typeof one === 'object' && !Array.isArray(one) ? one[name] : undefined,
  )
}

describe('Organizations', () => {
  it('lists every account, page by page, to the management account and to a delegated administrator', async () => {
    for (const caller of [ACCOUNT.management, ACCOUNT.security]) {
      const ids: unknown[] = []
      let NextToken: Json | undefined
      do {
        const output = await run(caller, 'ListAccounts', { MaxResults: 4, NextToken })
        ids.push(...pick(output.Accounts, 'Id'))
        NextToken = output.NextToken
      } while (NextToken !== undefined)
      expect(ids.sort()).toEqual(Object.values(ACCOUNT).sort())
    }
  })

  it('tells a member the organization and nothing more, a stranger that there is none', async () => {
    expect(await run(ACCOUNT.prod, 'DescribeOrganization')).toHaveProperty(
      'Organization.MasterAccountId',
      ACCOUNT.management,
    )
    expect(await codeOf(run(ACCOUNT.prod, 'ListAccounts'))).toBe('AccessDeniedException')
    openAccount(world, '999988887777')
    expect(await codeOf(run('999988887777', 'DescribeOrganization'))).toBe(
      'AWSOrganizationsNotInUseException',
    )
  })

  it('walks from an account to the root and finds FullAWSAccess at each level', async () => {
    const path: unknown[] = []
    for (
      let child: unknown = ACCOUNT.prod;
      typeof child === 'string' && !child.startsWith('r-');
      [child] = path.slice(-1)
    ) {
      path.push(
        pick((await run(ACCOUNT.management, 'ListParents', { ChildId: child })).Parents, 'Id')[0],
      )
    }
    expect(path).toEqual([UNIT.production.id, UNIT.workloads.id, 'r-hf01'])
    for (const target of [ACCOUNT.prod, ...path]) {
      const input = { TargetId: String(target), Filter: 'SERVICE_CONTROL_POLICY' }
      const { Policies } = await run(ACCOUNT.management, 'ListPoliciesForTarget', input)
      expect(pick(Policies, 'Name')).toContain('FullAWSAccess')
    }
  })

  it('gives each policy of either type with content that parses', async () => {
    for (const Filter of ['SERVICE_CONTROL_POLICY', 'RESOURCE_CONTROL_POLICY']) {
      const ids = pick((await run(ACCOUNT.management, 'ListPolicies', { Filter })).Policies, 'Id')
      expect(ids.length).toBeGreaterThanOrEqual(2)
      for (const PolicyId of ids) {
        const { Policy } = await run(ACCOUNT.management, 'DescribePolicy', {
          PolicyId: String(PolicyId),
        })
        const content =
          Policy && typeof Policy === 'object' && !Array.isArray(Policy)
            ? Policy.Content
            : undefined
        expect(JSON.parse(String(content))).toHaveProperty('Statement')
      }
    }
    expect(await codeOf(run(ACCOUNT.management, 'ListPolicies', { Filter: 'LUCK_POLICY' }))).toBe(
      'InvalidInputException',
    )
  })
})

describe('Account Management', () => {
  it('lists Regions in pages, by status, for oneself and for members by the management account', async () => {
    const all = pick((await run(ACCOUNT.prod, 'ListRegions')).Regions, 'RegionName')
    expect(all).toContain('eu-west-1')
    const first = await run(ACCOUNT.prod, 'ListRegions', { MaxResults: 3 })
    expect(pick(first.Regions, 'RegionName')).toHaveLength(3)
    const second = await run(ACCOUNT.prod, 'ListRegions', {
      MaxResults: 50,
      NextToken: first.NextToken,
    })
    expect([...pick(first.Regions, 'RegionName'), ...pick(second.Regions, 'RegionName')]).toEqual(
      all,
    )
    const off = pick(
      (await run(ACCOUNT.prod, 'ListRegions', { RegionOptStatusContains: ['DISABLED'] })).Regions,
      'RegionOptStatus',
    )
    expect(new Set(off)).toEqual(new Set(['DISABLED']))
    expect(
      pick(
        (await run(ACCOUNT.management, 'ListRegions', { AccountId: ACCOUNT.dev })).Regions,
        'RegionName',
      ),
    ).toEqual(all)
    expect(await codeOf(run(ACCOUNT.prod, 'ListRegions', { AccountId: ACCOUNT.dev }))).toBe(
      'AccessDeniedException',
    )
  })
})
