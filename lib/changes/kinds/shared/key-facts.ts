import 'server-only'
import type { KeyMetadata } from '@aws-sdk/client-kms'
import { z } from 'zod'
import type { Place, AwsReader } from '../kind'
import { describeKey } from './describe'

export const keyFacts = z.object({
  keyState: z.string(),
  keyManager: z.string(),
  keySpec: z.string(),
  keyUsage: z.string(),
  origin: z.string(),
  role: z.enum(['single', 'primary', 'replica']),
})
export type KeyFacts = z.output<typeof keyFacts>

/**
 * Returns what of a key's nature its changes depend on. `Unknown` words where AWS says nothing: no
 * rule fits them, so nothing is allowed by them.
 */
export function toKeyFacts(metadata: KeyMetadata): KeyFacts {
  const {
    KeyState = 'unknown',
    KeyManager = 'unknown',
    KeySpec = 'unknown',
    KeyUsage = 'unknown',
    Origin = 'unknown',
    MultiRegion,
    MultiRegionConfiguration,
  } = metadata
  const role = !MultiRegion
    ? 'single'
    : MultiRegionConfiguration?.MultiRegionKeyType === 'PRIMARY'
      ? 'primary'
      : 'replica'
  return {
    keyState: KeyState,
    keyManager: KeyManager,
    keySpec: KeySpec,
    keyUsage: KeyUsage,
    origin: Origin,
    role,
  }
}

/** Reads what of a key's nature its changes depend on. Throws AwsProblem. */
export const readKeyFacts = async (read: AwsReader, place: Place): Promise<KeyFacts> =>
  toKeyFacts(await describeKey(read, place))

export type KeyClass = 'symmetric' | 'asymmetric' | 'HMAC'

/**
 * Returns the class by which UpdateAlias tells keys apart (lib/kms/README.md, "Calls and errors").
 */
export function classOf(keySpec: string): KeyClass {
  if (keySpec === 'SYMMETRIC_DEFAULT') return 'symmetric'
  return keySpec.startsWith('HMAC_') ? 'HMAC' : 'asymmetric'
}
