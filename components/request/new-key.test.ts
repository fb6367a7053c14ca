import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { grantOperations } from '@/lib/kms/grant-operations'
import { usagesOf, type Spec } from '@/lib/kms/key-specs'
import { originsFor, withSpec } from './new-key'
import { operationGroups } from './operation-groups'

it('a new key’s choices are those AWS has, whatever was chosen before', () => {
  const specs = Object.keys(usagesOf) as [Spec, ...Spec[]] // Object.keys forgets the names it was given
  fc.assert(
    fc.property(fc.constantFrom(...specs), fc.string(), fc.string(), (spec, keyUsage, origin) => {
      const next = withSpec({ keyUsage, origin }, spec)
      expect(usagesOf[spec]).toContain(next.keyUsage)
      expect(originsFor(spec).find((one) => one.origin === (next.origin ?? origin))?.why).toBeNull()
    }),
  )
  expect(
    z.array(z.string()).parse(
      originsFor('ML_DSA_44')
        .filter(({ why }) => why === null)
        .map(({ origin }) => origin),
    ),
  ).toEqual(['AWS_KMS'])
})

it('every operation that a grant can allow can be ticked, and once', () => {
  const offered = operationGroups.flatMap(({ operations }) => operations.map(([name]) => name))
  expect([...offered].sort()).toEqual([...grantOperations].sort())
})
