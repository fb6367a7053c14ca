import fc from 'fast-check'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { usagesOf, type Spec } from '@/lib/kms/key-specs'
import { originsFor, withSpec } from './new-key'

it('a new key’s choices are those AWS has, whatever was chosen before', () => {
  // Object.keys forgets the names it was given
  const specs = Object.keys(usagesOf) as [Spec, ...Spec[]]
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
