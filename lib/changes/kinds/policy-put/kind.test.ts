import {
  CreateGrantCommand,
  CreateKeyCommand,
  GetKeyPolicyCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms'
import { PutRolePolicyCommand } from '@aws-sdk/client-iam'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, failureOf } from '../../../sandbox/test/running'
import type { Place } from '../kind'
import { runChange } from '../../test/run-change'
import {
  openSandboxFixture,
  other,
  own,
  region,
  type SandboxFixture,
} from '../../test/sandbox-fixture'
import { judgePolicy, judgeReturn, policyPut } from './kind'
import { refusePolicy, riskOfPolicy } from './risk'
import { isSamePolicy } from './text'

let fixture: SandboxFixture
beforeAll(async () => {
  fixture = await openSandboxFixture()
})
afterAll(() => fixture.close())

const root = {
  Sid: 'Enable IAM User Permissions',
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${own}:root` },
  Action: 'kms:*',
  Resource: '*',
}
const decryptFor = (principal: unknown, more: object = {}) => ({
  Sid: 'Readers',
  Effect: 'Allow',
  Principal: principal,
  Action: ['kms:Decrypt', 'kms:DescribeKey'],
  Resource: '*',
  ...more,
})
const policy = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, 2)
const reader = (accountId: string) => ({ AWS: `arn:aws:iam::${accountId}:root` })
const target = policy(root, decryptFor(reader(own)))

const getPolicy = async ({ keyArn }: Place) =>
  (await fixture.admin().send(new GetKeyPolicyCommand({ KeyId: keyArn ?? '' }))).Policy ?? ''
const putPolicy = ({ keyArn }: Place, text: string) =>
  fixture.admin().send(new PutKeyPolicyCommand({ KeyId: keyArn ?? '', Policy: text }))

describe('a key policy that is put', () => {
  it('stands in AWS letter for letter, and the old one after it is undone', async () => {
    const place = await fixture.makeKey({ Policy: policy(root) })
    const { plan, ...clients } = await fixture.open(
      policyPut,
      place,
      { policy: target, draftId: null },
      { endsAt: '2026-12-01T00:00:00.000Z' },
    )
    const baseline = await plan.read(clients.read)
    expect(plan.refuse(baseline)).toBeNull()
    expect(plan.impact(baseline).diff).toEqual({
      language: 'json',
      before: policy(root),
      after: target,
    })
    const done = await runChange(plan.doing(baseline), clients)
    expect(done).toMatchObject({
      look: { is: 'done' },
      sent: ['kms:PutKeyPolicy'],
      outcome: { policyHash: createHash('sha256').update(target).digest('hex') },
    })
    expect(await getPolicy(place)).toBe(target)
    const undoing = plan.undoing?.(baseline, done.outcome)
    expect(undoing && (await runChange(undoing, clients))).toMatchObject({
      look: { is: 'done' },
      sent: ['kms:PutKeyPolicy'],
    })
    expect(await getPolicy(place)).toBe(policy(root))
  })

  it('never overwrites what somebody put meanwhile: not before the call, not before the undo', async () => {
    const theirs = policy(root, decryptFor(reader(other)))
    const early = await fixture.makeKey({ Policy: policy(root) })
    const opened = await fixture.open(policyPut, early, { policy: target })
    const baseline = await opened.plan.read(opened.read)
    await putPolicy(early, theirs)
    expect(await runChange(opened.plan.doing(baseline), opened)).toMatchObject({
      look: { is: 'drifted' },
      sent: [],
    })
    expect(await getPolicy(early)).toBe(theirs)

    await putPolicy(early, policy(root))
    const step = opened.plan.doing(baseline)
    expect(await step.observe(opened.read, { sends: 0, lastSentAt: null, now: '' })).toEqual({
      is: 'ready',
    })
    await putPolicy(early, theirs)
    await expect(step.act(opened.write, opened.read)).rejects.toMatchObject({ name: 'Drifted' })
    expect(opened.sent).toEqual([])
    expect(await getPolicy(early)).toBe(theirs)

    await putPolicy(early, policy(root))
    const { outcome } = await runChange(opened.plan.doing(baseline), opened)
    const undoing = opened.plan.undoing?.(baseline, outcome)
    expect(await undoing?.observe(opened.read, { sends: 0, lastSentAt: null, now: '' })).toEqual({
      is: 'ready',
    })
    await putPolicy(early, theirs)
    await expect(undoing?.act(opened.write, opened.read)).rejects.toMatchObject({ name: 'Drifted' })
    expect(
      await undoing?.observe(opened.read, { sends: 0, lastSentAt: null, now: '' }),
    ).toMatchObject({ is: 'drifted' })
    expect(await getPolicy(early)).toBe(theirs)
  })

  it('is done once when the answer was lost', async () => {
    const place = await fixture.makeKey({ Policy: policy(root) })
    const { plan, ...clients } = await fixture.open(policyPut, place, { policy: target })
    const baseline = await plan.read(clients.read)
    await fixture.aws.control('PUT', 'faults', [{ operation: 'PutKeyPolicy', lostAfterEffect: 1 }])
    await expect(plan.doing(baseline).act(clients.write, clients.read)).rejects.toMatchObject({
      kind: 'unavailable',
    })
    await fixture.aws.control('PUT', 'faults', [])
    expect(await runChange(plan.doing(baseline), clients)).toMatchObject({
      look: { is: 'done' },
      sent: [],
    })
  })

  it('is refused with what to do about it: who does not exist, and who would be locked out', async () => {
    const place = await fixture.makeKey({ Policy: policy(root) })
    const justMade = policy(root, decryptFor({ AWS: `arn:aws:iam::${own}:role/made-a-moment-ago` }))
    const lockedOut = policy({ ...root, Principal: { AWS: `arn:aws:iam::${own}:user/admin` } })
    for (const [text, words] of [
      [justMade, /ask again a little later/],
      [lockedOut, /could not change the policy again/],
    ] as const) {
      const { plan, ...clients } = await fixture.open(policyPut, place, { policy: text })
      const failed = await failureOf(runChange(plan.doing(await plan.read(clients.read)), clients))
      expect(failed).toMatchObject({ name: 'AwsProblem' })
      expect(failed.message).toMatch(words)
      expect(await getPolicy(place)).toBe(policy(root))
    }
  })

  it('is put by a session that can put this key’s policy, with the lockout check on, and nothing else', async () => {
    const [place, elsewhere] = [
      await fixture.makeKey({ Policy: policy(root) }),
      await fixture.makeKey({ Policy: policy(root) }),
    ]
    // A role that was given more than ours needs: the session is what binds it then.
    const wide = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
    }
    await fixture.aws.iam(adminOf(own)).send(
      new PutRolePolicyCommand({
        RoleName: 'ClavigerWrite',
        PolicyName: 'Wide',
        PolicyDocument: JSON.stringify(wide),
      }),
    )
    const kms = fixture.aws.kms((await fixture.open(policyPut, place, { policy: target })).session)
    const refused = [
      kms.send(new PutKeyPolicyCommand({ KeyId: elsewhere.keyArn ?? '', Policy: target })),
      kms.send(
        new PutKeyPolicyCommand({
          KeyId: place.keyArn ?? '',
          Policy: target,
          BypassPolicyLockoutSafetyCheck: true,
        }),
      ),
      kms.send(new GetKeyPolicyCommand({ KeyId: place.keyArn ?? '' })),
      kms.send(new ScheduleKeyDeletionCommand({ KeyId: place.keyArn ?? '' })),
      kms.send(
        new CreateGrantCommand({
          KeyId: place.keyArn ?? '',
          GranteePrincipal: `arn:aws:iam::${other}:root`,
          Operations: ['Decrypt'],
        }),
      ),
      kms.send(new CreateKeyCommand({})),
    ]
    for (const one of refused)
      expect(await failureOf(one)).toMatchObject({ name: 'AccessDeniedException' })
    expect(await getPolicy(place)).toBe(policy(root))
    await expect(
      kms.send(new PutKeyPolicyCommand({ KeyId: place.keyArn ?? '', Policy: target })),
    ).resolves.toBeTruthy()
  })
})

const stateOf = (policyText: string) => ({
  policyText,
  policyHash: createHash('sha256').update(policyText).digest('hex'),
})
const statement = fc.constantFrom(
  root,
  decryptFor(reader(own)),
  decryptFor(reader(other)),
  decryptFor('*'),
  { ...root, Effect: 'Deny' },
)
const text = fc.oneof(
  fc
    .tuple(fc.array(statement, { minLength: 1, maxLength: 3 }), fc.constantFrom(0, 2, 4))
    .map(([statements, indent]) =>
      JSON.stringify({ Version: '2012-10-17', Statement: statements }, null, indent),
    ),
  fc.constantFrom('', '{', 'null', '[]', '"x"'),
)

describe('judging a key policy', () => {
  it('is ready on nothing but the very text that was approved upon', () => {
    fc.assert(
      fc.property(text, text, text, (was, now, wanted) => {
        const look = judgePolicy(stateOf(now), { target: wanted, was: stateOf(was) })
        expect(look.is).toBe(isSamePolicy(now, wanted) ? 'done' : now === was ? 'ready' : 'drifted')
      }),
      { numRuns: 500 },
    )
  })

  it('puts the old one back over nothing but our own', () => {
    fc.assert(
      fc.property(text, text, text, (was, now, ours) => {
        const look = judgeReturn(stateOf(now), { ours, target: stateOf(was) })
        expect(look.is).toBe(
          isSamePolicy(now, was) ? 'done' : isSamePolicy(now, ours) ? 'ready' : 'drifted',
        )
      }),
      { numRuns: 500 },
    )
  })

  it('takes a policy for the same in another layout, and for another when one letter differs', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        (statements, at) => {
          const whole = { Version: '2012-10-17', Id: 'x', Statement: statements }
          const turned = Object.fromEntries(Object.entries(whole).reverse())
          expect(isSamePolicy(JSON.stringify(whole), JSON.stringify(turned, null, 2))).toBe(true)
          const one = JSON.stringify(whole)
          const letters = [...one].flatMap((letter, index) =>
            /[a-zA-Z0-9*]/.test(letter) ? [index] : [],
          )
          const index = letters[at % letters.length] ?? 0
          expect(
            isSamePolicy(
              one,
              `${one.slice(0, index)}${one[index] === 'x' ? 'y' : 'x'}${one.slice(index + 1)}`,
            ),
          ).toBe(false)
        },
      ),
    )
    expect(
      isSamePolicy(
        policy(root),
        JSON.stringify({ Version: ['2012-10-17'], Statement: { ...root, Action: ['kms:*'] } }),
      ),
    ).toBe(true)
    expect(isSamePolicy('['.repeat(30_000), ']'.repeat(30_000))).toBe(false)
  })
})

describe('what a key policy is taken for', () => {
  const place = { accountId: own, keyArn: `arn:aws:kms:${region}:${own}:key/k` }
  const admin = { ...root, Sid: 'Admins', Principal: { AWS: `arn:aws:iam::${own}:role/KeyAdmin` } }

  it.each([
    [
      'one more reader of the account',
      policy(root),
      policy(root, decryptFor({ AWS: `arn:aws:iam::${own}:role/app` })),
      'medium',
    ],
    ['one reader less', policy(root, decryptFor(reader(other))), policy(root), 'medium'],
    ['another account', policy(root), policy(root, decryptFor(reader(other))), 'high'],
    ['everyone', policy(root), policy(root, decryptFor('*')), 'high'],
    [
      'everyone, without the condition that bound them',
      policy(
        root,
        decryptFor('*', { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }),
      ),
      policy(root, decryptFor('*')),
      'high',
    ],
    [
      'an AWS service',
      policy(root),
      policy(root, decryptFor({ Service: 'logs.amazonaws.com' })),
      'high',
    ],
    [
      'all but one',
      policy(root),
      policy(root, { ...decryptFor(undefined), Principal: undefined, NotPrincipal: reader(own) }),
      'high',
    ],
    [
      'the right to make grants',
      policy(root),
      policy(root, {
        ...decryptFor({ AWS: `arn:aws:iam::${own}:role/app` }),
        Action: 'kms:CreateGrant',
      }),
      'high',
    ],
    [
      'many statements',
      policy(root),
      policy(
        root,
        decryptFor({ AWS: `arn:aws:iam::${own}:role/a` }),
        decryptFor({ AWS: `arn:aws:iam::${own}:role/b` }),
      ),
      'high',
    ],
    ['root gone', policy(root, admin), policy(admin), 'critical'],
    ['an administrator gone', policy(root, admin), policy(root), 'critical'],
    [
      'root bound to a condition',
      policy(root),
      policy({ ...root, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      'critical',
    ],
    [
      'nobody left of those whom a condition bound',
      policy({ ...root, Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }),
      policy(decryptFor(reader(own))),
      'critical',
    ],
    ['nobody left', policy(root), policy(decryptFor(reader(own))), 'critical'],
    [
      'a deny of changes',
      policy(root),
      policy(root, { ...decryptFor('*'), Effect: 'Deny', Action: 'kms:Put*' }),
      'critical',
    ],
  ])('%s', (_, before, after, risk) => {
    const weighed = riskOfPolicy(before, after, place)
    expect(weighed).toMatchObject({ risk })
    expect(weighed.reasons.length).toBeGreaterThan(0)
  })

  it('is refused where KMS would refuse it, or where nothing would change', () => {
    const big = policy(
      root,
      ...Array.from({ length: 200 }, (_, index) =>
        decryptFor({ AWS: `arn:aws:iam::${own}:role/application-${index}` }),
      ),
    )
    const refusals = [
      [big, /32,768/],
      ['{"Version":', /would refuse/],
      [policy({ ...root, Effect: 'allow' }), /would refuse/],
      [policy(root), /already/],
      [JSON.stringify(JSON.parse(policy(root))), /already/],
      [policy({ ...root, Sid: 'Grüße 漢' }), /would refuse/],
    ] as const
    for (const [after, words] of refusals) expect(refusePolicy(policy(root), after)).toMatch(words)
    expect(refusePolicy(policy(root), target)).toBeNull()
  })
})
