import 'server-only'
import { GetKeyRotationStatusCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { nameOfState } from '../../../kms/state-names'
import type { Observation, Place, AwsReader } from '../kind'
import { keyArnOf, refuseForManager } from './describe'
import { keyFacts, readKeyFacts } from './key-facts'
import { waitWhile } from './key-state'
import { isPassing, refuseState, type StateOperation } from './state-table'

/** `enabled` null: AWS was not asked, since the key cannot rotate by itself. */
export const rotationState = keyFacts
  .omit({ keyUsage: true })
  .extend({ enabled: z.boolean().nullable(), periodDays: z.number().nullable() })
export type RotationState = z.output<typeof rotationState>

/**
 * Reads the key, and its rotation only where one is possible: KMS refuses GetKeyRotationStatus for
 * keys that cannot rotate (lib/kms/README.md, "Key states"). Throws AwsProblem.
 */
export async function readRotation(read: AwsReader, place: Place): Promise<RotationState> {
  const { keyState, keyManager, keySpec, origin, role } = await readKeyFacts(read, place)
  const facts = { keyState, keyManager, keySpec, origin, role }
  if (keySpec !== 'SYMMETRIC_DEFAULT' || origin !== 'AWS_KMS')
    return { ...facts, enabled: null, periodDays: null }
  const call = new GetKeyRotationStatusCommand({ KeyId: keyArnOf(place) })
  const { KeyRotationEnabled, RotationPeriodInDays } = await read.kms(
    'kms:GetKeyRotationStatus',
    (kms) => kms.send(call),
  )
  const enabled = KeyRotationEnabled === true
  return { ...facts, enabled, periodDays: enabled ? (RotationPeriodInDays ?? 365) : null }
}

/** Says why automatic rotation cannot be set; null: it can (lib/kms/README.md, "Rotation"). */
export function refuseRotation(
  operation: StateOperation,
  { keyManager, keySpec, origin, role, keyState }: RotationState,
): string | null {
  const managed = refuseForManager(keyManager)
  if (managed) return managed
  if (keySpec !== 'SYMMETRIC_DEFAULT')
    return `A key of spec ${keySpec} does not rotate: make a new key and move the alias to it.`
  if (origin === 'EXTERNAL')
    return 'Imported key material does not rotate automatically: import new material and rotate now.'
  if (origin !== 'AWS_KMS')
    return 'A key in a custom key store does not rotate: make a new key and move the alias to it.'
  if (role === 'replica') return 'Rotation of a multi-Region key is set on its primary key.'
  return refuseState(operation, keyState)
}

type Turn = { now: RotationState; was: number | null; target: number | null; sends: number }

/** Judges rotation that is to go from one setting to another. `null` period is off. Pure. */
export function judgeRotation({ now, was, target, sends }: Turn): Observation {
  if (now.keyState !== 'Enabled' && now.keyState !== 'Updating') {
    if (isPassing(now.keyState)) return waitWhile(now.keyState)
    return {
      is: 'drifted',
      words: `The key is ${nameOfState(now.keyState)} now: its rotation cannot be set.`,
    }
  }
  if (now.periodDays === target)
    return { is: 'done', outcome: { rotationPeriodInDays: now.periodDays }, already: sends === 0 }
  if (now.periodDays === was) return { is: 'ready' }
  return {
    is: 'drifted',
    words: `Automatic rotation was ${sayPeriod(was)} when this was asked for. It is ${sayPeriod(now.periodDays)} now.`,
  }
}

export const sayPeriod = (days: number | null): string =>
  days === null ? 'off' : `every ${days} days`
