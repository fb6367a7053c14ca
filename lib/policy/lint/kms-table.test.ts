import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findConditionKey, kmsActions, services } from './kms'
import { makeKmsTable } from './make-kms-table'

test('the table is what its script makes of the reference that is installed', async () => {
  expect(readFileSync(new URL('kms-table.ts', import.meta.url), 'utf8')).toBe(await makeKmsTable())
})

test('what the reference lacks is in it', () => {
  expect(kmsActions.map(({ operation }) => operation)).toEqual(
    expect.arrayContaining(['encapsulate', 'decapsulate', 'getkeylastusage']),
  )
  expect(findConditionKey('kms:encryptioncontext:any thing')?.type).toBe('String')
  expect(findConditionKey('aws:principaltag/team')?.key).toBe('aws:PrincipalTag/*')
  expect(services.has('kms')).toBe(true)
})
