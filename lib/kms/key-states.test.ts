import { expect, it } from 'vitest'
import { stateTable } from '../sandbox/kms/model'
import { answerInState, keyStates, stateOperations } from './key-states'

const works = (operation: string) =>
  keyStates.filter((state) => answerInState(operation, state) === 'works')

it('says of a key that is not Enabled what can still be done with it', () => {
  expect(works('Decrypt')).toEqual(['Enabled', 'Updating'])
  expect(works('ScheduleKeyDeletion')).toEqual([
    'Enabled',
    'Disabled',
    'PendingImport',
    'Unavailable',
    'Creating',
  ])
  expect(works('CancelKeyDeletion')).toEqual(['PendingDeletion', 'PendingReplicaDeletion'])
  expect(works('EnableKey')).toEqual(['Enabled', 'Disabled', 'Unavailable'])
  for (const operation of ['DescribeKey', 'PutKeyPolicy', 'RevokeGrant']) {
    expect(works(operation)).toEqual([...keyStates])
  }
  expect(answerInState('Decrypt', 'Disabled')).toBe('DisabledException')
  expect(answerInState('decrypt', 'PendingImport')).toBe('KMSInvalidStateException')
  expect(answerInState('GenerateDataKeyPair', 'Unavailable')).toBe('UnsupportedOperationException')
})

it('knows nothing of a state that was not read, but what no state stops', () => {
  for (const state of [null, 'Hibernating', '__proto__']) {
    expect(answerInState('Decrypt', state)).toBeNull()
    expect(answerInState('DescribeKey', state)).toBe('works')
  }
  for (const name of ['constructor', '__proto__', 'Fly']) {
    expect(answerInState(name, 'Enabled')).toBeNull()
  }
})

it('has every operation on a key that the sandbox has, and answers alike in every state', () => {
  const letters = {
    works: '.',
    DisabledException: 'D',
    KMSInvalidStateException: 'S',
    UnsupportedOperationException: 'U',
  }
  const of = (operation: string) =>
    keyStates.map((state) => letters[answerInState(operation, state) ?? 'works']).join('')
  for (const [operation, row] of Object.entries(stateTable))
    expect(`${operation} ${of(operation)}`).toBe(`${operation} ${row}`)
  const halves = ['ReEncryptFrom', 'ReEncryptTo']
  expect(stateOperations.filter((name) => !halves.includes(name)).toSorted()).toEqual(
    Object.keys(stateTable).toSorted(),
  )
})
