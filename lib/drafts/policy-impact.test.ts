import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KeyFacts } from '../access/key-facts'
import { parsePolicy } from '../policy/parse'
import {
  admin,
  allow,
  app,
  deny,
  everybody,
  home,
  keyWith,
  outsider,
  policy,
  principal,
  reader,
  root,
  statements,
  writer,
  type Statement,
} from './test/drafts'
import { analyzePolicyImpact } from './policy-impact'

const own = { writer: principal(writer), reader: principal(reader), root: principal(root) }
const existing = { accounts: new Set([home]), entities: new Set([writer, reader, admin, app]) }
const today = [allow(root), allow(app, 'kms:Decrypt')]
const look = (
  draft: Statement[],
  {
    key = keyWith(...today),
    who = everybody,
    roles = own,
  }: {
    key?: KeyFacts
    who?: typeof everybody
    roles?: Parameters<typeof analyzePolicyImpact>[0]['own']
  } = {},
) => analyzePolicyImpact({ key, principals: who, own: roles, existing }, policy(...draft))
const verdict = async (...args: Parameters<typeof look>) =>
  (await look(...args)).keyAdministrators?.verdict

test('who can still change the policy decides the verdict', async () => {
  expect(await verdict([allow(root)])).toBe('safe')
  expect(await verdict([allow(app, 'kms:Decrypt')])).toBe('lockout')
  expect(await verdict([allow(outsider)]), 'nobody of another account can put a policy').toBe(
    'lockout',
  )
  expect(await verdict([allow(root), deny('*', 'kms:PutKeyPolicy')])).toBe('lockout')
  expect(await verdict([allow(admin)])).toBe('refused')
  expect(await verdict([allow(root), deny(writer)])).toBe('refused')
  expect(await verdict([allow(writer)])).toBe('onlyUs')
  expect(await verdict([allow([writer, admin])])).toBe('safe')
  expect(
    await verdict([
      allow([writer, admin], 'kms:*', {
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      }),
    ]),
  ).toBe('uncertain')
})

test('an administrator that is gone, or a service’s own role, saves nobody', async () => {
  const ghost = `arn:aws:iam::${home}:role/ghost`
  expect(await verdict([allow([writer, ghost])], { who: [...everybody, principal(ghost)] })).toBe(
    'onlyUs',
  )
  const linked = `arn:aws:iam::${home}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`
  const look2 = await analyzePolicyImpact(
    {
      key: keyWith(...today),
      principals: [...everybody, principal(linked)],
      own,
      existing: { ...existing, entities: new Set([...existing.entities, linked]) },
    },
    policy(allow([writer, linked])),
  )
  expect(look2.keyAdministrators?.verdict).toBe('onlyUs')
})

test('while IAM was not read, nothing is sure but what the policy itself says', async () => {
  const unread = [principal(root), principal(writer, null), principal('*')]
  const seen = async (draft: Statement[]) => {
    const { keyAdministrators } = await analyzePolicyImpact(
      {
        key: keyWith(...today),
        principals: unread,
        own: { ...own, writer: principal(writer, null) },
        existing: { accounts: new Set<string>(), entities: new Set<string>() },
      },
      policy(...draft),
    )
    return keyAdministrators?.verdict
  }
  expect(
    await seen([
      allow('*', 'kms:*', { Condition: { StringEquals: { 'aws:PrincipalTag/role': 'keys' } } }),
    ]),
  ).toBe('uncertain')
  expect(await seen([allow(root)]), 'the root is sure, our role is not known').toBe('uncertain')
})

test('without a role of ours the verdict is about the others', async () => {
  const roles = { ...own, writer: null }
  expect(await verdict([allow(root)], { roles })).toBe('safe')
  expect(await verdict([allow(app, 'kms:Decrypt')], { roles })).toBe('lockout')
})

test('a lockout is said only when nobody can: adding the root with everything always ends it', async () => {
  await fc.assert(
    fc.asyncProperty(statements, async (draft) => {
      const isDenied = draft.some(({ Effect }) => Effect === 'Deny')
      if (!isDenied) expect(await verdict([...draft, allow(root)])).toBe('safe')
      const impact = await look(draft)
      if (impact.keyAdministrators?.verdict === 'lockout')
        expect(
          impact.keyAdministrators.shown.filter(
            ({ action, after }) => action === 'kms:PutKeyPolicy' && after !== 'no',
          ),
        ).toEqual([])
    }),
  )
})

test('what KMS would refuse is said, and nothing is made up about what cannot be read', async () => {
  const broken = await analyzePolicyImpact(
    { key: keyWith(...today), principals: everybody, own, existing },
    parsePolicy('{"Statement": [', 'key'),
  )
  expect(broken).toMatchObject({ keyAdministrators: null, accessImpact: null })
  expect(broken.refusals).not.toEqual([])
  expect(
    (await look([allow(root), allow(`arn:aws:iam::${home}:role/nobody`)])).refusals.join(),
  ).toMatch(/role\/nobody does not exist/)
  expect(
    (await look([allow(root), allow(outsider)])).refusals,
    'IAM of that account is not read',
  ).toEqual([])
  const named = keyWith(allow(root), allow(`arn:aws:iam::${home}:role/nobody`))
  expect(
    (await look([allow(root), allow(`arn:aws:iam::${home}:role/nobody`)], { key: named })).refusals,
    'today’s policy has it',
  ).toEqual([])
  const long = await look([{ ...allow(root), Sid: 'x'.repeat(40_000) }])
  expect(long.refusals[0]).toMatch(/bytes; KMS takes 32,768/)
  expect(
    (await look(today, { key: { ...keyWith(...today), policy: null } })).accessImpact,
    'today’s policy is not known',
  ).toBeNull()
})
