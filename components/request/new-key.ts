/**
 * Decides which choices a new key leaves, each after the one before it. The rules are those of
 * lib/kms/README.md, "Specs and usages".
 */
import {
  isInStore,
  origins,
  refusePlan,
  specs,
  usages as allUsages,
  usagesOf,
  type Origin,
  type Spec,
  type Usage,
} from '@/lib/kms/key-specs'
import type { Values } from './values'

const isSpec = (text: string): text is Spec => specs.some((spec) => spec === text)
const isUsage = (text: string): text is Usage => allUsages.some((usage) => usage === text)

const words: readonly [label: string, begins: RegExp, words: string][] = [
  ['Symmetric', /^SYMMETRIC/, '256-bit AES, what AWS services use'],
  ['HMAC', /^HMAC/, 'message authentication codes'],
  ['RSA', /^RSA/, 'encryption or signatures'],
  ['Elliptic curves', /^ECC/, 'signatures, or agreeing on a secret'],
  ['ML-DSA (post-quantum)', /^ML_DSA/, 'signatures'],
  ['ML-KEM (post-quantum)', /^ML_KEM/, 'encapsulating secrets'],
  ['SM2', /^SM2/, 'China Regions only'],
]

/** Returns the specs of a partition, grouped for a list. */
export function specGroups(partition: string) {
  const there = (spec: Spec) =>
    partition === 'aws-cn' ? !spec.startsWith('ML_KEM') : spec !== 'SM2'
  return words
    .map(([label, begins, description]) => ({
      label,
      options: specs
        .filter((spec) => begins.test(spec) && there(spec))
        .map((spec) => ({ value: spec, label: spec, description })),
    }))
    .filter(({ options }) => options.length > 0)
}

export const usagesFor = (spec: string): readonly Usage[] => (isSpec(spec) ? usagesOf[spec] : [])

export const usageWords: Readonly<Record<Usage, string>> = {
  ENCRYPT_DECRYPT: 'Encrypt and decrypt.',
  SIGN_VERIFY: 'Sign and verify.',
  GENERATE_VERIFY_MAC: 'Make and verify MACs.',
  KEY_AGREEMENT: 'Derive shared secrets.',
  ENCAPSULATE_DECAPSULATE: 'Encapsulate and decapsulate secrets.',
}

export const originWords: Readonly<Record<Origin, { label: string; words: string }>> = {
  AWS_KMS: { label: 'KMS', words: 'KMS makes it, and can rotate a symmetric one.' },
  EXTERNAL: {
    label: 'Imported',
    words: 'You import it afterwards; until then the key cannot be used. You must keep a copy.',
  },
  AWS_CLOUDHSM: { label: 'A CloudHSM key store', words: 'It is made in your CloudHSM cluster.' },
  EXTERNAL_KEY_STORE: {
    label: 'An external key store',
    words: 'The key stays in a key manager outside AWS.',
  },
}

/** Returns each origin, with why it cannot be had for this spec. */
export function originsFor(spec: string): { origin: Origin; why: string | null }[] {
  const [keyUsage = 'ENCRYPT_DECRYPT'] = usagesFor(spec)
  return origins.map((origin) => ({
    origin,
    why: isSpec(spec)
      ? refusePlan(
          {
            keySpec: spec,
            keyUsage,
            origin,
            multiRegion: false,
            customKeyStoreId: isInStore(origin) ? 'cks-some' : null,
            xksKeyId: origin === 'EXTERNAL_KEY_STORE' ? 'some' : null,
          },
          spec === 'SM2' ? 'aws-cn' : 'aws',
        )
      : null,
  }))
}

/** Changes the spec and keeps usage and origin where the new one has them. */
export function withSpec(
  values: Pick<Values, 'keyUsage' | 'origin'>,
  keySpec: string,
): Partial<Values> {
  const usages = usagesFor(keySpec)
  const keyUsage =
    isUsage(values.keyUsage) && usages.includes(values.keyUsage)
      ? values.keyUsage
      : (usages[0] ?? 'ENCRYPT_DECRYPT')
  const isThere = originsFor(keySpec).some(
    ({ origin, why }) => origin === values.origin && why === null,
  )
  return {
    keySpec,
    keyUsage,
    ...(isThere ? {} : { origin: 'AWS_KMS', customKeyStoreId: '', xksKeyId: '' }),
  }
}
