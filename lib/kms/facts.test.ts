import { expect, it } from 'vitest'
import { actionRows } from '../policy/lint/kms-table'
import { inputs, shapes } from '../sandbox/kms/model'
import { kmsOperations } from '../sandbox/kms/operations'
import { REQUEST_QUOTAS } from '../sandbox/quotas/table'
import * as algorithms from './algorithms'
import { grantOperations } from './grant-operations'
import { origins, specs, usages } from './key-specs'
import { operations } from './operations'
import { quotas } from './quotas'

// The sandbox has facts of its own, as it stands for AWS. Where the two
// differ, one of them is wrong.
const all = Object.entries(operations)
const valuesOf = (shape: string) => {
  const found = shapes[shape]
  return found?.type === 'string' ? [...(found.enum ?? [])].toSorted() : []
}

it('knows the operations that the sandbox has, and which of them have DryRun', () => {
  const called = all.filter(([, { of }]) => of === undefined)
  expect(called.map(([name]) => name).toSorted()).toEqual(Object.keys(kmsOperations).toSorted())
  const dry = called.flatMap(([name, { dryRun }]) => (dryRun ? [name] : []))
  expect(dry.toSorted()).toEqual(
    Object.keys(inputs)
      .filter((name) => inputs[name]?.includes('DryRun:'))
      .toSorted(),
  )
})

it('knows the actions of IAM, and what each is about', () => {
  // Made by AWS for itself, to keep the members of a multi-Region key alike.
  const own = ['SynchronizeMultiRegionKey']
  const actions = all
    .filter(([, { actions: of }]) => of === undefined)
    .map(([name, { on }]) => `${name} ${on === 'account' ? '' : on}`)
  const iam = actionRows
    .filter(([name]) => !own.includes(name))
    .map(([name, , on]) => `${name} ${on.split(' ')[0] ?? ''}`)
  expect(actions.toSorted()).toEqual(iam.toSorted())
})

it('knows one set of grant operations', () => {
  expect(all.flatMap(([name, { grantable }]) => (grantable ? [name] : [])).toSorted()).toEqual(
    grantOperations.toSorted(),
  )
  expect(grantOperations.toSorted()).toEqual(valuesOf('GrantOperation'))
})

it.each([
  ['KeySpec', specs],
  ['KeyUsage', usages],
  ['Origin', origins],
  ['EncryptionAlgorithm', algorithms.encryptionAlgorithms],
  ['SigningAlgorithm', algorithms.signingAlgorithms],
  ['MacAlgorithm', algorithms.macAlgorithms],
  ['MessageType', algorithms.messageTypes],
  ['ExpirationModel', algorithms.expirationModels],
  ['DataKeyPairSpec', algorithms.dataKeyPairSpecs],
])('has the values of %s that the API model has', (shape, values) => {
  expect(values.toSorted()).toEqual(valuesOf(shape))
})

it('has the quotas that AWS raises, at the rates of the sandbox', () => {
  const raised = REQUEST_QUOTAS.filter(({ code, adjustable }) => code !== null && adjustable)
  const names = new Map(quotas.map(({ code, name }) => [code, name]))
  for (const { code, name } of raised) expect(names.get(code ?? ''), name).toBe(name)
  for (const [operation, { quota }] of all) {
    const row = REQUEST_QUOTAS.find(({ name }) => name === `${operation} request rate`)
    if (quota)
      expect([operation, quota.perSecond]).toEqual([operation, row?.defaultPerSecond('eu-west-1')])
  }
})
