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
const verdict = (...args: Parameters<typeof look>) => look(...args).keyAdministrators?.verdict

test('who can still change the policy decides the verdict', () => {
  expect(verdict([allow(root)])).toBe('safe')
  expect(verdict([allow(app, 'kms:Decrypt')])).toBe('lockout')
  expect(verdict([allow(outsider)]), 'nobody of another account can put a policy').toBe('lockout')
  expect(verdict([allow(root), deny('*', 'kms:PutKeyPolicy')])).toBe('lockout')
  expect(verdict([allow(admin)])).toBe('refused')
  expect(verdict([allow(root), deny(writer)])).toBe('refused')
  expect(verdict([allow(writer)])).toBe('onlyUs')
  expect(verdict([allow([writer, admin])])).toBe('safe')
  expect(
    verdict([
      allow([writer, admin], 'kms:*', {
        Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
      }),
    ]),
  ).toBe('uncertain')
})

test('an administrator that is gone, or a service’s own role, saves nobody', () => {
  const ghost = `arn:aws:iam::${home}:role/ghost`
  expect(verdict([allow([writer, ghost])], { who: [...everybody, principal(ghost)] })).toBe(
    'onlyUs',
  )
  const linked = `arn:aws:iam::${home}:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS`
  const look2 = analyzePolicyImpact(
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

test('while IAM was not read, nothing is sure but what the policy itself says', () => {
  const unread = [principal(root), principal(writer, null), principal('*')]
  const seen = (draft: Statement[]) =>
    analyzePolicyImpact(
      {
        key: keyWith(...today),
        principals: unread,
        own: { ...own, writer: principal(writer, null) },
        existing: { accounts: new Set<string>(), entities: new Set<string>() },
      },
      policy(...draft),
    ).keyAdministrators?.verdict
  expect(
    seen([
      allow('*', 'kms:*', { Condition: { StringEquals: { 'aws:PrincipalTag/role': 'keys' } } }),
    ]),
  ).toBe('uncertain')
  expect(seen([allow(root)]), 'the root is sure, our role is not known').toBe('uncertain')
})

test('without a role of ours the verdict is about the others', () => {
  const roles = { ...own, writer: null }
  expect(verdict([allow(root)], { roles })).toBe('safe')
  expect(verdict([allow(app, 'kms:Decrypt')], { roles })).toBe('lockout')
})

test('a lockout is said only when nobody can: adding the root with everything always ends it', () => {
  fc.assert(
    fc.property(statements, (draft) => {
      const isDenied = draft.some(({ Effect }) => Effect === 'Deny')
      if (!isDenied) expect(verdict([...draft, allow(root)])).toBe('safe')
      const impact = look(draft)
      if (impact.keyAdministrators?.verdict === 'lockout')
        expect(
          impact.keyAdministrators.shown.filter(
            ({ action, after }) => action === 'kms:PutKeyPolicy' && after !== 'no',
          ),
        ).toEqual([])
    }),
  )
})

test('what KMS would refuse is said, and nothing is made up about what cannot be read', () => {
  const broken = analyzePolicyImpact(
    { key: keyWith(...today), principals: everybody, own, existing },
    parsePolicy('{"Statement": [', 'key'),
  )
  expect(broken).toMatchObject({ keyAdministrators: null, accessImpact: null })
  expect(broken.refusals).not.toEqual([])
  expect(look([allow(root), allow(`arn:aws:iam::${home}:role/nobody`)]).refusals.join()).toMatch(
    /role\/nobody does not exist/,
  )
  expect(look([allow(root), allow(outsider)]).refusals, 'IAM of that account is not read').toEqual(
    [],
  )
  const named = keyWith(allow(root), allow(`arn:aws:iam::${home}:role/nobody`))
  expect(
    look([allow(root), allow(`arn:aws:iam::${home}:role/nobody`)], { key: named }).refusals,
    'today’s policy has it',
  ).toEqual([])
  const long = look([{ ...allow(root), Sid: 'x'.repeat(40_000) }])
  expect(long.refusals[0]).toMatch(/bytes; KMS takes 32,768/)
  expect(
    look(today, { key: { ...keyWith(...today), policy: null } }).accessImpact,
    'today’s policy is not known',
  ).toBeNull()
})
