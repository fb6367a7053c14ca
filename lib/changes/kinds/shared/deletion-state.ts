import 'server-only'
import { z } from 'zod'
import type { Place, AwsReader } from '../kind'
import { describeKey } from './describe'
import { toKeyFacts } from './key-facts'

export const pendingState = z.object({
  keyState: z.string(),
  keyManager: z.string(),
  origin: z.string(),
  role: z.enum(['single', 'primary', 'replica']),
  deletionDate: z.string().nullable(),
  /** Regions of the replicas of a primary; else empty. */
  replicas: z.array(z.string()),
})
export type PendingState = z.output<typeof pendingState>

/** Reads the key, when it will be deleted and the replicas that hold that up. Throws AwsProblem. */
export async function readPending(read: AwsReader, place: Place): Promise<PendingState> {
  const metadata = await describeKey(read, place)
  const { keyState, keyManager, origin, role } = toKeyFacts(metadata)
  const replicas = role === 'primary' ? (metadata.MultiRegionConfiguration?.ReplicaKeys ?? []) : []
  return {
    keyState,
    keyManager,
    origin,
    role,
    deletionDate: metadata.DeletionDate?.toISOString() ?? null,
    replicas: replicas.flatMap(({ Region }) => Region ?? []).sort(),
  }
}

/**
 * Tells whether the key waits for its deletion, also behind its replicas (lib/kms/README.md,
 * "Multi-Region keys").
 */
export const isPending = (keyState: string): boolean =>
  keyState === 'PendingDeletion' || keyState === 'PendingReplicaDeletion'
