import {
  CreateGrantCommand,
  DisableKeyCommand,
  ListGrantsCommand,
  RetireGrantCommand,
  RevokeGrantCommand,
  type CreateGrantCommandInput,
} from '@aws-sdk/client-kms'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { failureOf } from '../../../sandbox/test/running'
import type { Place } from '../kind'
import { runChange } from '../../test/run-change'
import { openSandboxFixture, other, own, type SandboxFixture } from '../../test/sandbox-fixture'
import { grantAdopt } from '../grant-adopt/kind'
import { judgeEnding } from './grant-end'
import { grantRetire } from '../grant-retire/kind'
import { grantRevoke } from '../grant-revoke/kind'

let fixture: SandboxFixture
beforeAll(async () => {
  fixture = await openSandboxFixture()
})
afterAll(() => fixture.close())

const someGrant = '0123456789abcdef'.repeat(4)
const serviceRole = `arn:aws:iam::${own}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`

/** As somebody with the console of AWS would make it. */
async function makeGrant(
  place: Place,
  more: Partial<CreateGrantCommandInput> = {},
  by = own,
): Promise<string> {
  const { GrantId = '' } = await fixture.admin(by).send(
    new CreateGrantCommand({
      KeyId: place.keyArn ?? '',
      GranteePrincipal: `arn:aws:iam::${other}:root`,
      Operations: ['Decrypt', 'DescribeKey'],
      ...more,
    }),
  )
  return GrantId
}
const idsOn = async ({ keyArn }: Place) =>
  ((await fixture.admin().send(new ListGrantsCommand({ KeyId: keyArn ?? '' }))).Grants ?? []).map(
    ({ GrantId }) => GrantId,
  )

describe.each([
  ['revoked', grantRevoke, 'kms:RevokeGrant'],
  ['retired', grantRetire, 'kms:RetireGrant'],
] as const)('a grant that is %s', (_, kind, api) => {
  it('is gone, and the one beside it stays', async () => {
    const place = await fixture.makeKey()
    const [grantId, beside] = [await makeGrant(place), await makeGrant(place)]
    const { plan, ...clients } = await fixture.open(kind, place, { grantId })
    const baseline = await plan.read(clients.read)
    expect(plan.refuse(baseline)).toBeNull()
    expect(await plan.dryRun?.(clients.dry)).toMatchObject({ would: 'succeed' })
    expect(await idsOn(place)).toContain(grantId)
    expect(await runChange(plan.doing(baseline), clients)).toMatchObject({
      look: { is: 'done' },
      outcome: { grantId },
      sent: [api],
    })
    expect(await idsOn(place)).toEqual([beside])
    expect(plan.undoing).toBeNull()
  })

  it('counts as done when the answer was lost, or when somebody else was first, and is not sent again', async () => {
    const place = await fixture.makeKey()
    const grantId = await makeGrant(place)
    const { plan, ...clients } = await fixture.open(kind, place, { grantId })
    const baseline = await plan.read(clients.read)
    await fixture.aws.control('PUT', 'faults', [
      { operation: api.slice('kms:'.length), lostAfterEffect: 1 },
    ])
    await expect(plan.doing(baseline).act(clients.write, clients.read)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    await fixture.aws.control('PUT', 'faults', [])
    expect(await runChange(plan.doing(baseline), clients)).toMatchObject({
      look: { is: 'done', already: true },
      sent: [],
    })
    expect(plan.refuse(await plan.read(clients.read))).toMatch(/gone/)
    expect(await plan.dryRun?.(clients.dry)).toMatchObject({ would: 'fail' })
  })

  it('does not count as ended while AWS still lists it', async () => {
    const place = await fixture.makeKey()
    const { plan, ...clients } = await fixture.open(kind, place, {
      grantId: await makeGrant(place),
    })
    const baseline = await plan.read(clients.read)
    const deaf = {
      ...clients,
      write: {
        ...clients.write,
        kms: async <T>(): Promise<T> => {
          clients.sent.push(api)
          return {} as T
        },
      },
    }
    expect(await runChange(plan.doing(baseline), deaf)).toMatchObject({
      look: { is: 'wait' },
      sent: [api],
    })
  })

  it('is ended by a session that can do nothing else', async () => {
    const [place, elsewhere] = [await fixture.makeKey(), await fixture.makeKey()]
    const [grantId, theirs] = [await makeGrant(place), await makeGrant(elsewhere)]
    const { session } = await fixture.open(kind, place, { grantId })
    const kms = fixture.aws.kms(session)
    const refused = [
      kms.send(new RevokeGrantCommand({ KeyId: elsewhere.keyArn ?? '', GrantId: theirs })),
      kms.send(new RetireGrantCommand({ KeyId: elsewhere.keyArn ?? '', GrantId: theirs })),
      kms.send(new DisableKeyCommand({ KeyId: place.keyArn ?? '' })),
      kms.send(
        new CreateGrantCommand({
          KeyId: place.keyArn ?? '',
          GranteePrincipal: `arn:aws:iam::${other}:root`,
          Operations: ['Decrypt'],
        }),
      ),
      api === 'kms:RevokeGrant'
        ? kms.send(new RetireGrantCommand({ KeyId: place.keyArn ?? '', GrantId: grantId }))
        : kms.send(new RevokeGrantCommand({ KeyId: place.keyArn ?? '', GrantId: grantId })),
    ]
    for (const one of refused)
      expect(await failureOf(one)).toMatchObject({ name: 'AccessDeniedException' })
    expect(await idsOn(place)).toEqual([grantId])
  })
})

it('warns where an AWS service lives on the grant', async () => {
  const place = await fixture.makeKey()
  await fixture.makeRole(
    'AWSServiceRoleForAutoScaling',
    '/aws-service-role/autoscaling.amazonaws.com/',
    own,
  )
  const grantId = await makeGrant(place, { GranteePrincipal: serviceRole })
  for (const [kind, input] of [
    [grantRevoke, { grantId }],
    [grantRetire, { grantId }],
    [grantAdopt, { grantId, owner: 'ops', reason: 'fleet' }],
  ] as const) {
    const { plan, read } = await fixture.open(kind, place, input, {
      endsAt: '2026-12-01T00:00:00.000Z',
    })
    const state = await plan.read(read)
    expect(plan.risk(state).risk).toBe('high')
    expect(plan.impact(state).warnings.join()).toMatch(/AWS service/)
  }
})

it('refuses to retire what only others may retire, and KMS would refuse it too', async () => {
  const place = await fixture.makeKey({
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: [`arn:aws:iam::${own}:root`, `arn:aws:iam::${other}:root`] },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    }),
  })
  const grantId = await makeGrant(place, {}, other)
  const { plan, ...clients } = await fixture.open(grantRetire, place, { grantId })
  expect(plan.refuse(await plan.read(clients.read))).toMatch(new RegExp(`only ${other} may`))
  expect(await plan.dryRun?.(clients.dry)).toMatchObject({
    would: 'fail',
    code: 'AccessDeniedException',
  })
  const ours = await fixture.open(grantRetire, place, {
    grantId: await makeGrant(place, { RetiringPrincipal: `arn:aws:iam::${own}:root` }, other),
  })
  expect(ours.plan.refuse(await ours.plan.read(ours.read))).toBeNull()
  expect(await ours.plan.dryRun?.(ours.dry)).toMatchObject({ would: 'succeed' })
})

describe('a grant that is adopted', () => {
  it('costs no call of AWS, and is revoked at its end', async () => {
    const place = await fixture.makeKey()
    const grantId = await makeGrant(place)
    const { plan, ...clients } = await fixture.open(
      grantAdopt,
      place,
      { grantId, owner: 'dana@example.com', reason: 'nightly backups' },
      { endsAt: '2026-12-01T00:00:00.000Z' },
    )
    const baseline = await plan.read(clients.read)
    const done = await runChange(plan.doing(baseline), clients)
    expect(done).toMatchObject({ look: { is: 'done' }, outcome: { grantId }, sent: [] })
    expect(await idsOn(place)).toEqual([grantId])
    const undoing = plan.undoing?.(baseline, done.outcome)
    expect(undoing && (await runChange(undoing, clients))).toMatchObject({
      look: { is: 'done' },
      sent: ['kms:RevokeGrant'],
    })
    expect(await idsOn(place)).toEqual([])
  })

  it('is not adopted when it has gone meanwhile, and never without an owner and a reason', async () => {
    const place = await fixture.makeKey()
    const grantId = await makeGrant(place)
    const { plan, ...clients } = await fixture.open(grantAdopt, place, {
      grantId,
      owner: 'ops',
      reason: 'x',
    })
    const baseline = await plan.read(clients.read)
    await fixture
      .admin()
      .send(new RevokeGrantCommand({ KeyId: place.keyArn ?? '', GrantId: grantId }))
    expect((await runChange(plan.doing(baseline), clients)).look).toMatchObject({ is: 'drifted' })
    for (const input of [
      { grantId },
      { grantId, owner: ' ', reason: 'x' },
      { grantId, owner: 'x', reason: '' },
    ])
      expect(() => grantAdopt.parse(input)).toThrow()
  })
})

describe('looking at a grant that is to end', () => {
  const grant = {
    grantId: someGrant,
    name: null,
    createdAt: null,
    granteePrincipal: `arn:aws:iam::${other}:root`,
    granteeServicePrincipal: null,
    retiringPrincipal: null,
    retiringServicePrincipal: null,
    issuingAccount: null,
    operations: ['Decrypt'],
    constraints: null,
    issuerClass: 'human' as const,
  }
  const at = Date.UTC(2026, 10, 22)
  const judge = (sends: number, seconds: number, there = true) =>
    judgeEnding(there ? grant : null, {
      sends,
      lastSentAt: sends === 0 ? null : new Date(at).toISOString(),
      now: new Date(at + seconds * 1_000).toISOString(),
    })

  it('never gives up while it is listed, and sends again within a minute, but not at once', () => {
    fc.assert(
      fc.property(fc.nat(50), fc.nat(600), (sends, seconds) => {
        const look = judge(sends, seconds)
        expect(['ready', 'wait']).toContain(look.is)
        if (sends === 0 || seconds >= 60) expect(look.is).toBe('ready')
        else if (seconds < 2) expect(look.is).toBe('wait')
        expect(judge(sends, seconds, false)).toMatchObject({ is: 'done', already: sends === 0 })
      }),
    )
  })
})
