import type { KeyRow } from './key-detail'

/**
 * Whether something exists for this kind of key: yes, or no and why, or unknown because the key
 * could not be described.
 */
export type Applies = { applies: 'yes' } | { applies: 'no' | 'unknown'; why: string }

type Kind = Pick<KeyRow, 'keySpec' | 'keyUsage' | 'origin' | 'keyManager' | 'scope' | 'problems'>

const yes: Applies = { applies: 'yes' }
const no = (why: string): Applies => ({ applies: 'no', why })
const unknown = (key: Kind): Applies => ({
  applies: 'unknown',
  why: key.problems.describe?.message ?? 'This key has not been described yet.',
})

const isSymmetric = (key: Kind) => key.keySpec === 'SYMMETRIC_DEFAULT' || key.keySpec === 'SM4'
const isAsymmetric = (keySpec: string) => /^(RSA|ECC|ML_DSA|ML_KEM|SM2)/.test(keySpec)

/** Tells whether the key has a public key: asymmetric keys only. */
export function publicKeyApplies(key: Kind): Applies {
  if (!key.keySpec) return unknown(key)
  return isAsymmetric(key.keySpec)
    ? yes
    : no(`A ${key.keySpec} key is symmetric: it has no public key.`)
}

/** Tells whether the key belongs to a multi-Region set: made as such, never converted. */
export function multiRegionApplies(key: Kind): Applies {
  if (!key.scope) return unknown(key)
  return key.scope === 'single'
    ? no(
        'This is a single-Region key. Multi-Region is chosen when a key is created and cannot be changed afterwards.',
      )
    : yes
}

/**
 * Tells whether automatic rotation can be set: symmetric keys with material made by KMS
 * (lib/kms/README.md, "Rotation").
 */
export function automaticRotationApplies(key: Kind): Applies {
  if (!key.keySpec || !key.origin) return unknown(key)
  if (!isSymmetric(key))
    return no(
      `KMS rotates symmetric encryption keys only. For a ${key.keySpec} key, rotate by hand: ` +
        'a new key, and its alias moved.',
    )
  if (key.origin === 'EXTERNAL')
    return no(
      'Imported key material is not rotated by schedule. Import new material and rotate on demand.',
    )
  if (key.origin !== 'AWS_KMS')
    return no(
      'Keys in a custom key store are not rotated by KMS. Rotate by hand: a new key, and its alias moved.',
    )
  return yes
}

/**
 * Tells whether it can be rotated on demand: symmetric keys, imported material included, at most 25
 * times in the life of a key (lib/kms/README.md, "Rotation").
 */
export function onDemandRotationApplies(key: Kind): Applies {
  if (key.keyManager === 'AWS')
    return no('AWS rotates its managed keys about once a year by itself.')
  const automatic = automaticRotationApplies(key)
  return automatic.applies === 'no' && key.origin === 'EXTERNAL' && isSymmetric(key)
    ? yes
    : automatic
}
