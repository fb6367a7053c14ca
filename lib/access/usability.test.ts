import { expect, test } from 'vitest'
import { abilities } from './abilities'
import { factsOfPrincipal, type Sources } from './gather'
import { gatherIam } from './iam-facts'
import { judgeAction } from './judge'
import { judgeUse, useOf } from './usability'
import { account, keyOf, role, sources } from './test/sources'

const useIn = (
  keyState: string | null,
  id: string,
  statements: readonly object[],
  allowed = role('a'),
) => {
  const ability = abilities.find((one) => one.id === id) ?? expect.fail(id)
  const bare: Sources = { iam: gatherIam(new Set([account]), []), organization: null }
  const key = keyOf(statements, [], { keyState })
  return judgeUse(key, factsOfPrincipal(bare, allowed, account), ability)
}
const allowTo = (...actions: string[]) => [
  { Effect: 'Allow', Principal: { AWS: role('a') }, Action: actions, Resource: '*' },
]

test('the state of a key takes nothing from who is allowed, and says what AWS takes now', () => {
  const all = allowTo('kms:*')
  const key = (keyState: string | null) => keyOf(all, [], { keyState })
  const facts = factsOfPrincipal(sources, role('a'), account)
  for (const state of [
    'Enabled',
    'Disabled',
    'PendingDeletion',
    'PendingImport',
    'Unavailable',
    null,
  ]) {
    expect(judgeAction(key(state), facts, 'kms:Decrypt')).toBe(
      judgeAction(key('Enabled'), facts, 'kms:Decrypt'),
    )
    expect(judgeAction(key(state), facts, 'kms:Decrypt')).not.toBe('no')
  }
  expect(useIn('Enabled', 'decrypt', all)).toBe('usable')
  for (const state of [
    'Disabled',
    'PendingDeletion',
    'PendingReplicaDeletion',
    'PendingImport',
    'Unavailable',
    'Creating',
  ]) {
    expect(useIn(state, 'decrypt', all)).toBe('unusable')
    expect(useIn(state, 'changePolicy', all)).toBe('usable')
  }
  expect(useIn('Disabled', 'delete', all)).toBe('usable')
  expect(useIn(null, 'decrypt', all)).toBe('unknown')
  expect(useIn(null, 'changePolicy', all)).toBe('usable')
})

test('an ability of several actions is usable when one is both allowed and taken by AWS', () => {
  expect(useIn('Disabled', 'administer', allowTo('kms:TagResource'))).toBe('usable')
  expect(useIn('Disabled', 'administer', allowTo('kms:EnableKeyRotation'))).toBe('unusable')
  expect(useIn('PendingDeletion', 'administer', allowTo('kms:*'))).toBe('unusable')
})

test('a use is said in words that fit the operation', () => {
  expect(useOf('kms:Decrypt', 'PendingDeletion')).toEqual({
    is: 'unusable',
    keyState: 'PendingDeletion',
    error: 'KMSInvalidStateException',
    words: 'the key is pending deletion',
  })
  expect(useOf('kms:CancelKeyDeletion', 'Enabled').words).toBe('the key is not pending deletion')
  expect(useOf('kms:ScheduleKeyDeletion', 'Disabled')).toMatchObject({ is: 'usable', error: null })
  expect(useOf('kms:ListKeys', 'PendingDeletion').is).toBe('usable')
  expect(useOf('kms:constructor', 'Enabled').is).toBe('unknown')
  expect(useOf('kms:Sign', null)).toMatchObject({
    is: 'unknown',
    words: 'the state of the key has not been read',
  })
})
