import { describe, expect, it } from 'vitest'
import { openAccount } from '../accounts'
import type { Call, Input, Json } from '../call'
import { buildScenario } from '../scenario/build'
import { ACCOUNT } from '../scenario/demo/company'
import { callBy } from '../test/call'
import { describeTrails, getEventSelectors, getTrailStatus } from './trails'

const world = buildScenario({ scenario: 'demo', now: Date.UTC(2026, 10, 18) })

function admin(accountId: string, region: string): Call {
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
    { region, service: 'cloudtrail' },
  )
}

const list = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : [])
const names = (output: Input) =>
  list(output.trailList).map((trail) =>
    trail && typeof trail === 'object' && !Array.isArray(trail) ? trail.Name : null,
  )

describe('trails', () => {
  it('of the organization are seen by members in every Region, as shadows outside their home', () => {
    expect(names(describeTrails(admin(ACCOUNT.prod, 'us-east-1'), {}))).toEqual([
      'halden-organization',
    ])
    expect(
      names(describeTrails(admin(ACCOUNT.prod, 'us-east-1'), { includeShadowTrails: false })),
    ).toEqual([])
    openAccount(world, '999988887777')
    expect(names(describeTrails(admin('999988887777', 'us-east-1'), {}))).toEqual([])
  })

  it('of one Region stay there, and say that they leave KMS out', () => {
    expect(names(describeTrails(admin(ACCOUNT.data, 'eu-central-1'), {})).sort()).toEqual([
      'data-team',
      'halden-organization',
    ])
    expect(names(describeTrails(admin(ACCOUNT.data, 'eu-west-1'), {}))).toEqual([
      'halden-organization',
    ])
    const { EventSelectors } = getEventSelectors(admin(ACCOUNT.data, 'eu-central-1'), {
      TrailName: 'data-team',
    })
    expect(list(EventSelectors)[0]).toMatchObject({
      ExcludeManagementEventSources: ['kms.amazonaws.com'],
    })
  })

  it('are found by ARN, and by name at home alone', () => {
    const arn = `arn:aws:cloudtrail:eu-west-1:${ACCOUNT.management}:trail/halden-organization`
    expect(getTrailStatus(admin(ACCOUNT.prod, 'us-east-1'), { Name: arn }).IsLogging).toBe(true)
    expect(() =>
      getTrailStatus(admin(ACCOUNT.prod, 'us-east-1'), { Name: 'halden-organization' }),
    ).toThrow(/Unknown trail/)
  })
})
