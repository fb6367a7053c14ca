import {
  CancelKeyDeletionCommand,
  CreateAliasCommand,
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  EnableKeyRotationCommand,
  ListKeysCommand,
  ReplicateKeyCommand,
  RotateKeyOnDemandCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-kms'
import {
  RequestServiceQuotaIncreaseCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf } from '../../sandbox/test/running'
import type { Place } from './kind'
import { kinds, type KindName } from './registry'
import { runChange } from '../test/run-change'
import { openSandboxFixture, own, region, type SandboxFixture } from '../test/sandbox-fixture'

let fixture: SandboxFixture
beforeAll(async () => {
  fixture = await openSandboxFixture()
})
afterAll(() => fixture.close())

const nowhere: Place = { accountId: own, region, partition: 'aws', keyArn: null }
const idOf = (place: Place) => ({ KeyId: place.keyArn ?? '' })

/** Asked for, then `meanwhile` somebody else does something, then it is its turn. */
async function interrupted(
  name: KindName,
  place: Place,
  input: unknown,
  meanwhile: () => Promise<unknown>,
) {
  const { plan, ...clients } = await fixture.open(kinds[name], place, input)
  const baseline = await plan.read(clients.read)
  expect(plan.refuse(baseline)).toBeNull()
  await meanwhile()
  return runChange(plan.doing(baseline), clients)
}
const stopped = (words: RegExp) => ({
  look: { is: 'drifted', words: expect.stringMatching(words) },
  sent: [],
})
const soAlready = { look: { is: 'done', already: true }, sent: [] }

describe('what somebody else did meanwhile is not overwritten', () => {
  it('a description', async () => {
    const place = await fixture.makeKey()
    const write = (Description: string) =>
      fixture.admin().send(new UpdateKeyDescriptionCommand({ ...idOf(place), Description }))
    expect(
      await interrupted('description', place, { description: 'ours' }, () => write('theirs')),
    ).toMatchObject(stopped(/description/))
    expect(
      await interrupted('description', place, { description: 'ours' }, () => write('ours')),
    ).toMatchObject(soAlready)
  })

  it('a tag, but another tag is nobody’s business here', async () => {
    const place = await fixture.makeKey()
    const write = (TagKey: string, TagValue: string) =>
      fixture.admin().send(new TagResourceCommand({ ...idOf(place), Tags: [{ TagKey, TagValue }] }))
    expect(
      await interrupted('tag', place, { tags: { team: 'red' } }, () => write('other', 'x')),
    ).toMatchObject({ look: { is: 'done' }, sent: ['kms:TagResource'] })
    expect(
      await interrupted('tag', place, { tags: { team: 'blue' } }, () => write('team', 'green')),
    ).toMatchObject(stopped(/team = green now, and before this team = red/))
    expect(
      await interrupted('untag', place, { tagKeys: ['team'] }, () => write('team', 'pink')),
    ).toMatchObject(stopped(/team = pink/))
    expect(
      await interrupted('untag', place, { tagKeys: ['team'] }, () =>
        fixture.admin().send(new UntagResourceCommand({ ...idOf(place), TagKeys: ['team'] })),
      ),
    ).toMatchObject(soAlready)
  })

  it('a tag at the end of its time', async () => {
    const place = await fixture.makeKey({ Tags: [{ TagKey: 'team', TagValue: 'blue' }] })
    const { plan, ...clients } = await fixture.open(
      kinds.tag,
      place,
      { tags: { team: 'red', more: '1' } },
      { endsAt: '2027-01-01T00:00:00.000Z' },
    )
    const baseline = await plan.read(clients.read)
    const { outcome } = await runChange(plan.doing(baseline), clients)
    await fixture
      .admin()
      .send(
        new TagResourceCommand({ ...idOf(place), Tags: [{ TagKey: 'team', TagValue: 'green' }] }),
      )
    const undoing = plan.undoing?.(baseline, outcome)
    expect(undoing && (await runChange(undoing, clients))).toMatchObject(stopped(/team = green/))
  })

  it('an alias', async () => {
    const [from, place, third] = [
      await fixture.makeKey(),
      await fixture.makeKey(),
      await fixture.makeKey(),
    ]
    await fixture
      .admin()
      .send(new CreateAliasCommand({ AliasName: 'alias/moving', TargetKeyId: from.keyArn ?? '' }))
    const input = { aliasName: 'alias/moving', fromKeyArn: from.keyArn }
    const move = (to: Place) =>
      fixture
        .admin()
        .send(new UpdateAliasCommand({ AliasName: 'alias/moving', TargetKeyId: to.keyArn ?? '' }))
    expect(await interrupted('alias-update', place, input, () => move(third))).toMatchObject(
      stopped(/moved/),
    )
    await move(from)
    expect(
      await interrupted('alias-delete', from, { aliasName: 'alias/moving' }, () => move(third)),
    ).toMatchObject(stopped(/no longer this key/))
    const taken = () =>
      fixture
        .admin()
        .send(new CreateAliasCommand({ AliasName: 'alias/taken', TargetKeyId: third.keyArn ?? '' }))
    expect(
      await interrupted('alias-create', place, { aliasName: 'alias/taken' }, taken),
    ).toMatchObject(stopped(/given to the key/))
    const same = () =>
      fixture
        .admin()
        .send(new CreateAliasCommand({ AliasName: 'alias/same', TargetKeyId: place.keyArn ?? '' }))
    expect(
      await interrupted('alias-create', place, { aliasName: 'alias/same' }, same),
    ).toMatchObject(soAlready)
  })

  it('a state, a rotation, a scheduled deletion', async () => {
    const place = await fixture.makeKey()
    const schedule = (days?: number) =>
      fixture
        .admin()
        .send(new ScheduleKeyDeletionCommand({ ...idOf(place), PendingWindowInDays: days }))
    const restore = async () => {
      await fixture.admin().send(new CancelKeyDeletionCommand(idOf(place)))
      await fixture.admin().send(new EnableKeyCommand(idOf(place)))
    }
    expect(
      await interrupted('rotation-enable', place, { rotationPeriodInDays: 90 }, () =>
        fixture
          .admin()
          .send(new EnableKeyRotationCommand({ ...idOf(place), RotationPeriodInDays: 200 })),
      ),
    ).toMatchObject(stopped(/every 200 days now/))
    expect(
      await interrupted('rotation-disable', place, {}, () =>
        fixture.admin().send(new DisableKeyCommand(idOf(place))),
      ),
    ).toMatchObject(stopped(/Disabled/))
    await fixture.admin().send(new EnableKeyCommand(idOf(place)))
    expect(await interrupted('key-disable', place, {}, () => schedule())).toMatchObject(
      stopped(/Pending deletion/),
    )
    await restore()
    expect(
      await interrupted('deletion-schedule', place, { pendingWindowInDays: 30 }, () => schedule(7)),
    ).toMatchObject(stopped(/sooner than was approved/))
    await restore()
    expect(
      await interrupted('deletion-schedule', place, { pendingWindowInDays: 7 }, () => schedule(30)),
    ).toMatchObject(soAlready)
    expect(await interrupted('deletion-cancel', place, {}, restore)).toMatchObject(soAlready)
    expect(
      await interrupted('deletion-schedule', place, {}, () =>
        fixture.admin().send(new DisableKeyCommand(idOf(place))),
      ),
    ).toMatchObject(stopped(/was Enabled/))
  })

  it('a replica and a quota', async () => {
    const place = await fixture.makeKey({ MultiRegion: true })
    const copy = (ReplicaRegion: string) =>
      fixture.admin().send(new ReplicateKeyCommand({ ...idOf(place), ReplicaRegion }))
    expect(
      await interrupted('replicate', place, { replicaRegion: 'us-east-1' }, () =>
        copy('us-east-1'),
      ),
    ).toMatchObject(stopped(/Somebody else has made a replica/))
    expect(
      await interrupted('deletion-schedule', place, {}, () => copy('eu-central-1')),
    ).toMatchObject(stopped(/replicas in us-east-1.*eu-central-1, us-east-1 now/))
    const quotas = new ServiceQuotasClient({
      endpoint: fixture.aws.url,
      region,
      credentials: adminOf(own),
    })
    const ask = (DesiredValue: number) =>
      quotas.send(
        new RequestServiceQuotaIncreaseCommand({
          ServiceCode: 'kms',
          QuotaCode: 'L-D39AB822',
          DesiredValue,
        }),
      )
    expect(
      await interrupted(
        'quota-increase',
        nowhere,
        { quotaCode: 'L-D39AB822', desiredValue: 150 },
        () => ask(140),
      ),
    ).toMatchObject(stopped(/140/))
  })
})

describe('rotating now', () => {
  const rotate = (place: Place) => fixture.admin().send(new RotateKeyOnDemandCommand(idOf(place)))
  const later = () => fixture.aws.control('POST', 'clock', { advanceSeconds: 10 })

  it('is not done over the rotation of somebody else, begun or over', async () => {
    const place = await fixture.makeKey()
    expect(await interrupted('rotate-now', place, {}, () => rotate(place))).toMatchObject(
      stopped(/Somebody else has rotated/),
    )
    await later()
    expect(
      await interrupted('rotate-now', place, {}, async () => {
        await rotate(place)
        await later()
      }),
    ).toMatchObject(stopped(/Somebody else has rotated/))
  })

  it('says how many are left, and is refused after the last', async () => {
    const place = await fixture.makeKey()
    for (let used = 0; used < 24; used++) {
      await rotate(place)
      await later()
    }
    const { plan, ...clients } = await fixture.open(kinds['rotate-now'], place, {})
    const baseline = await plan.read(clients.read)
    expect(baseline).toMatchObject({ onDemandUsed: 24 })
    expect(plan.impact(baseline)).toMatchObject({
      effects: expect.arrayContaining(['25 of 25 on-demand rotations are used then.']),
      warnings: expect.arrayContaining([expect.stringMatching(/^1 on-demand/)]),
    })
    await runChange(plan.doing(baseline), clients)
    await later()
    expect(plan.refuse(await plan.read(clients.read))).toMatch(/All 25/)
  })
})

describe('a new key whose answer was lost', () => {
  const noDelegation = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: {
          AWS: [`arn:aws:iam::${own}:user/admin`, `arn:aws:iam::${own}:role/ClavigerWrite`],
        },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
  const count = async () =>
    (await fixture.admin().send(new ListKeysCommand({ Limit: 1000 }))).Keys?.length ?? 0

  async function lose(input: object) {
    const { plan, ...clients } = await fixture.open(kinds['key-create'], nowhere, input)
    const baseline = await plan.read(clients.read)
    await fixture.aws.control('PUT', 'faults', [{ operation: 'CreateKey', lostAfterEffect: 1 }])
    await expect(plan.doing(baseline).act(clients.write, clients.read)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    await fixture.aws.control('PUT', 'faults', [])
    const now = new Date().toISOString()
    return plan.doing(baseline).observe(clients.read, { sends: 1, lastSentAt: now, now })
  }

  it('is found by its tag, beside keys that our role cannot read', async () => {
    await fixture.admin().send(new CreateKeyCommand({ Policy: noDelegation }))
    const before = await count()
    expect(await lose({ description: 'lost' })).toMatchObject({
      is: 'done',
      outcome: { keyArn: expect.stringMatching(/^arn:aws:kms:eu-west-1/) },
    })
    expect(await count()).toBe(before + 1)
  })

  it('is not made again where its own policy may hide it', async () => {
    expect(await lose({ policy: noDelegation })).toMatchObject({
      is: 'drifted',
      words: expect.stringMatching(/It is not known whether the key was made/),
    })
  })

  it.each(['kms:DescribeKey', 'kms:ListResourceTags'])(
    'is not made again while our role may not %s at all',
    async (action) => {
      const role = fixture.aws.sandbox.world.accounts.get(own)?.roles.get('ClavigerRead')
      const [name, text] =
        [...(role?.inlinePolicies ?? [])][0] ?? expect.fail('the scenario has no read role')
      role?.inlinePolicies.set(name, text.replace(`"${action}",`, ''))
      try {
        await expect(lose({ description: `without ${action}` })).rejects.toMatchObject({
          kind: 'denied',
          api: action,
        })
      } finally {
        role?.inlinePolicies.set(name, text)
      }
    },
  )

  it('is made when it is certain that none was, whatever mark other keys have', async () => {
    const { plan, ...clients } = await fixture.open(kinds['key-create'], nowhere, {
      description: 'second try',
    })
    const baseline = await plan.read(clients.read)
    await fixture.admin().send(
      new CreateKeyCommand({
        Tags: [{ TagKey: 'claviger:change', TagValue: '00000000-0000-4000-8000-000000000000' }],
      }),
    )
    const now = new Date().toISOString()
    expect(
      await plan.doing(baseline).observe(clients.read, { sends: 1, lastSentAt: now, now }),
    ).toEqual({ is: 'ready' })
  })
})
