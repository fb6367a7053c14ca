import {
  DescribeKeyCommand,
  GetKeyRotationStatusCommand,
  KMSClient,
  ListKeyRotationsCommand,
  ListResourceTagsCommand,
} from '@aws-sdk/client-kms'
import {
  GetServiceQuotaCommand,
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AwsProblem } from '../../aws/errors'
import type { AwsPlan } from './define'
import { toCanonical } from './hash'
import type { AwsReader } from './kind'
import { kindNames, kinds, type KindName } from './registry'

const arn = (region: string, id = 'mrk-1') => `arn:aws:kms:${region}:111122223333:key/${id}`
const home = 'eu-west-1'
const changeId = '5b1e8d1e-0000-4000-8000-000000000000'

/** What can be different in AWS from one look to the next, and (nature) what cannot. */
const nature = fc.record({
  spec: fc.constantFrom(
    ['SYMMETRIC_DEFAULT', 'ENCRYPT_DECRYPT'] as const,
    ['RSA_2048', 'SIGN_VERIFY'] as const,
    ['HMAC_256', 'GENERATE_VERIFY_MAC'] as const,
  ),
  Origin: fc.constantFrom('AWS_KMS' as const, 'EXTERNAL' as const),
  KeyManager: fc.constantFrom('CUSTOMER' as const, 'CUSTOMER' as const, 'AWS' as const),
  MultiRegion: fc.boolean(),
})
const moment = fc.record({
  KeyState: fc.constantFrom(
    'Enabled' as const,
    'Enabled' as const,
    'Disabled' as const,
    'PendingDeletion' as const,
    'PendingReplicaDeletion' as const,
    'PendingImport' as const,
    'Unavailable' as const,
    'Creating' as const,
    'Updating' as const,
  ),
  Description: fc.constantFrom('before', 'after', 'third'),
  team: fc.constantFrom(null, 'blue', 'red', 'green'),
  cost: fc.constantFrom(null, '', '7'),
  period: fc.constantFrom(null, 90, 180, 365),
  onDemand: fc.constantFrom(0, 1, 24, 25),
  inProgress: fc.boolean(),
  waiting: fc.boolean(),
  alias: fc.constantFrom(null, arn(home), arn(home, 'from'), arn(home, 'third')),
  primary: fc.constantFrom(home, home, home, 'us-east-1', null),
  replica: fc.constantFrom(null, 'Creating' as const, 'Enabled' as const, 'Disabled' as const),
  replicaMark: fc.constantFrom(null, changeId, 'another'),
  quota: fc.constantFrom(100, 120, 200),
  asked: fc.constantFrom(null, { Id: 'a', DesiredValue: 110 }, { Id: 'b', DesiredValue: 120 }),
  status: fc.constantFrom('PENDING' as const, 'APPROVED' as const, 'DENIED' as const),
})
type Nature = typeof nature extends fc.Arbitrary<infer N> ? N : never
type Moment = typeof moment extends fc.Arbitrary<infer M> ? M : never

// Two for all runs: making one takes longer than a run.
const [kms, quotas] = [new KMSClient({ region: home }), new ServiceQuotasClient({ region: home })]

/** Clients that read this moment instead of AWS. */
function readOf({ spec: [KeySpec, KeyUsage], ...fixed }: Nature, now: Moment): AwsReader {
  const base = { KeySpec, KeyUsage, ...fixed }
  const describeKey = (KeyId: string) => {
    if (KeyId.startsWith('alias/')) {
      if (now.alias === null)
        throw new AwsProblem('notFound', 'NotFoundException', 'no such alias', 'kms:DescribeKey')
      return { KeyMetadata: { ...base, Arn: now.alias } }
    }
    const there = KeyId.includes('us-east-1')
    const member = (Region: string) => ({ Arn: arn(Region), Region })
    const replicas = [home, ...(now.replica ? ['us-east-1'] : [])]
      .filter((region) => region !== now.primary)
      .map(member)
    const family = {
      MultiRegionKeyType: now.primary === home ? 'PRIMARY' : 'REPLICA',
      ReplicaKeys: replicas,
      ...(now.primary ? { PrimaryKey: member(now.primary) } : {}),
    }
    return {
      KeyMetadata: {
        ...base,
        Arn: KeyId,
        KeyState: there ? now.replica : now.KeyState,
        Description: now.Description,
        ...(fixed.MultiRegion ? { MultiRegionConfiguration: family } : {}),
      },
    }
  }
  const answer = (command: unknown): unknown => {
    if (command instanceof DescribeKeyCommand) return describeKey(command.input.KeyId ?? '')
    if (command instanceof ListResourceTagsCommand) {
      const there = command.input.KeyId?.includes('us-east-1')
      const tags: Record<string, string | null> = there
        ? { 'claviger:change': now.replicaMark }
        : { team: now.team, cost: now.cost }
      return {
        Tags: Object.entries(tags).flatMap(([TagKey, TagValue]) =>
          TagValue === null ? [] : [{ TagKey, TagValue }],
        ),
      }
    }
    if (command instanceof GetKeyRotationStatusCommand) {
      return {
        KeyRotationEnabled: now.period !== null,
        RotationPeriodInDays: now.period ?? undefined,
        OnDemandRotationStartDate: now.inProgress ? new Date(0) : undefined,
      }
    }
    if (command instanceof ListKeyRotationsCommand) {
      return {
        Rotations: [
          ...Array.from({ length: now.onDemand }, () => ({ RotationType: 'ON_DEMAND' })),
          ...(now.waiting ? [{ KeyMaterialState: 'PENDING_ROTATION' }] : []),
        ],
      }
    }
    if (command instanceof GetServiceQuotaCommand)
      return { Quota: { QuotaName: 'a quota', Value: now.quota, Adjustable: true } }
    if (command instanceof ListRequestedServiceQuotaChangeHistoryByQuotaCommand)
      return { RequestedQuotas: now.asked ? [{ ...now.asked, Status: now.status }] : [] }
    throw new Error('an unexpected call')
  }
  return {
    kms: async (_, send) =>
      send(Object.assign(kms, { send: async (command: unknown) => answer(command) })),
    quotas: async (_, send) =>
      send(Object.assign(quotas, { send: async (command: unknown) => answer(command) })),
  }
}

const inputs: Partial<Record<KindName, unknown>> = {
  'key-enable': {},
  'key-disable': {},
  'deletion-schedule': {},
  'deletion-cancel': {},
  'rotation-enable': { rotationPeriodInDays: 180 },
  'rotation-disable': {},
  'rotate-now': {},
  'alias-create': { aliasName: 'alias/app' },
  'alias-update': { aliasName: 'alias/app', fromKeyArn: arn(home, 'from') },
  'alias-delete': { aliasName: 'alias/app' },
  tag: { tags: { team: 'red', cost: '7' } },
  untag: { tagKeys: ['team'] },
  description: { description: 'after' },
  replicate: { replicaRegion: 'us-east-1' },
  'primary-update': { primaryRegion: 'us-east-1' },
  'quota-increase': { quotaCode: 'L-D39AB822', desiredValue: 120 },
}
const named = kindNames.filter((name) => name in inputs).map((name) => ({ name }))

function open(name: KindName): AwsPlan {
  const kind = kinds[name]
  const place = {
    accountId: '111122223333',
    region: home,
    partition: 'aws',
    keyArn: kind.about === 'key' ? arn(home) : null,
  }
  const plan = kind.open({
    changeId,
    place,
    input: kind.parse(inputs[name]),
    endsAt: null,
    key: null,
  })
  if (plan.where !== 'aws') throw new Error('no change of AWS')
  return plan
}
const isPassing = ({ KeyState, replica }: Moment) =>
  [KeyState, replica].some((state) => state === 'Creating' || state === 'Updating')
const sentOnce = {
  sends: 1,
  lastSentAt: '2026-11-22T00:00:00.000Z',
  now: '2026-11-22T00:01:00.000Z',
}
const notSent = { sends: 0, lastSentAt: null, now: '2026-11-22T00:01:00.000Z' }

it('a quota without an applied value has AWS’s default', async () => {
  const asked: string[] = []
  const read: AwsReader = {
    ...readOf(fc.sample(nature, 1)[0] ?? expect.fail(), fc.sample(moment, 1)[0] ?? expect.fail()),
    async quotas(api, send) {
      asked.push(api)
      if (api === 'servicequotas:GetServiceQuota')
        throw new AwsProblem('notFound', 'NoSuchResourceException', 'no applied value', api)
      const answers = {
        Quota: { QuotaName: 'a quota', Value: 50, Adjustable: true },
        RequestedQuotas: [],
      }
      return send(Object.assign(quotas, { send: async () => answers }))
    },
  }
  expect(await open('quota-increase').read(read)).toMatchObject({ name: 'a quota', value: 50 })
  expect(asked).toContain('servicequotas:GetAWSDefaultServiceQuota')
})

describe.each(named)('$name', ({ name }) => {
  const plan = open(name)

  it('goes ahead when everything is as it was asked for', async () => {
    let asked = 0
    await fc.assert(
      fc.asyncProperty(nature, moment, async (fixed, was) => {
        const read = readOf(fixed, was)
        const baseline = await plan.read(read)
        if (plan.refuse(baseline) !== null) return
        asked++
        const look = await plan.doing(baseline).observe(read, notSent)
        // A key that is being made can be asked about; AWS is waited for.
        expect(look.is === 'wait' && isPassing(was) ? 'ready' : look.is).toBe('ready')
      }),
      { numRuns: 600 },
    )
    expect(asked).toBeGreaterThan(3)
  })

  it('sends nothing that AWS would refuse as things are now, and nothing over what somebody else did', async () => {
    await fc.assert(
      fc.asyncProperty(nature, moment, moment, fc.boolean(), async (fixed, was, is, sent) => {
        const baseline = await plan.read(readOf(fixed, was))
        if (plan.refuse(baseline) !== null) return
        const read = readOf(fixed, is)
        const look = await plan.doing(baseline).observe(read, sent ? sentOnce : notSent)
        const state = await plan.read(read)
        if (look.is === 'ready') expect(plan.refuse(state)).toBeNull()
        if (look.is === 'done') expect(look.already === true).toBe(!sent)
        // What was never sent is done only where AWS shows it, and then it could
        // not be asked for any more.
        if (look.is === 'done' && !sent) expect(plan.refuse(state)).not.toBeNull()
        if (look.is === 'drifted') expect(toCanonical(state)).not.toBe(toCanonical(baseline))
      }),
      { numRuns: 500 },
    )
  })
})
