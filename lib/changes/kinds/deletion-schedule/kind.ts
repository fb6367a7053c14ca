import 'server-only'
import { ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { About, AssessFacts, Observation, Impact } from '../kind'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { isPending, pendingState, readPending, type PendingState } from '../shared/deletion-state'
import { driftedTo, nameOf, waitWhile } from '../shared/key-state'
import { isPassing, refuseState } from '../shared/state-table'
import { sayMoment } from '../shared/moment'
import { traits } from './traits'

const input = z.object({
  pendingWindowInDays: z
    .int('Say a number of days.')
    .min(7, 'AWS waits at least 7 days.')
    .max(30, 'AWS waits at most 30 days.')
    .default(30),
})
type Input = z.output<typeof input>

const dayMs = 86_400_000

/**
 * ScheduleKeyDeletion. A second call is refused, so what became of a lost answer is read from
 * DescribeKey (lib/changes/README.md, "Effect once"). Its undoing is a change of its own.
 */
export const deletionSchedule = defineKind<Input, PendingState>({
  traits,
  where: 'aws',
  input,
  state: pendingState,
  settleSeconds: 0,
  role: {
    feature: 'deletion',
    statements: [
      allow('Deletion', ['kms:ScheduleKeyDeletion'], {
        NumericGreaterThanEquals: { 'kms:ScheduleKeyDeletionPendingWindowInDays': '7' },
      }),
    ],
  },
  sessionPolicy: ({ place, input: { pendingWindowInDays } }) => [
    {
      Effect: 'Allow',
      Action: ['kms:ScheduleKeyDeletion'],
      Resource: [keyArnOf(place)],
      Condition: {
        NumericEquals: {
          'kms:ScheduleKeyDeletionPendingWindowInDays': String(pendingWindowInDays),
        },
      },
    },
  ],
  calls: ({ place, input: { pendingWindowInDays } }) => [
    {
      action: 'kms:ScheduleKeyDeletion',
      resource: keyArnOf(place),
      context: { 'kms:ScheduleKeyDeletionPendingWindowInDays': pendingWindowInDays },
    },
  ],
  read: (read, { place }) => readPending(read, place),
  refuse: ({ keyState, keyManager, deletionDate }) =>
    refuseForManager(keyManager) ??
    (isPending(keyState)
      ? `The key is waiting to be deleted already${deletionDate ? `, at ${deletionDate}` : ''}.`
      : null) ??
    refuseState('ScheduleKeyDeletion', keyState),
  risk: () => ({
    risk: 'critical',
    reasons: [
      'From now on nobody can use the key. Once it is deleted, what it encrypted can never be read again.',
    ],
  }),
  title: ({ input: { pendingWindowInDays }, key, place }) =>
    `Delete ${nameOf(key, place)} after ${pendingWindowInDays} days`,
  impact: describeDeletion,
  assess: judgeDeletion,
  async act(write, { place, input: { pendingWindowInDays } }) {
    const call = new ScheduleKeyDeletionCommand({
      KeyId: keyArnOf(place),
      PendingWindowInDays: pendingWindowInDays,
    })
    const { DeletionDate, KeyState } = await write.kms('kms:ScheduleKeyDeletion', (kms) =>
      kms.send(call),
    )
    return { keyState: KeyState ?? null, deletionDate: DeletionDate?.toISOString() ?? null }
  },
})

function judgeDeletion({
  state: now,
  baseline,
  about,
  sends,
  now: time,
}: AssessFacts<Input, PendingState>): Observation {
  if (isPending(now.keyState)) {
    const already = sends === 0
    const earliest = Date.parse(time) + (about.input.pendingWindowInDays - 1) * dayMs
    const sooner = already && now.deletionDate !== null && Date.parse(now.deletionDate) < earliest
    if (sooner)
      return {
        is: 'drifted',
        words: `Someone else has scheduled the deletion, for ${now.deletionDate}: sooner than was approved here.`,
      }
    return {
      is: 'done',
      outcome: { keyState: now.keyState, deletionDate: now.deletionDate },
      already,
    }
  }
  if (
    now.keyState === 'Updating' ||
    (isPassing(now.keyState) && now.keyState !== baseline.keyState)
  )
    return waitWhile(now.keyState)
  if (now.keyState !== baseline.keyState) return driftedTo(baseline.keyState, now.keyState)
  if (now.replicas.join() !== baseline.replicas.join()) {
    return {
      is: 'drifted',
      words:
        `The key had replicas in ${list(baseline.replicas)} when this was asked for. They ` +
        `are in ${list(now.replicas)} now.`,
    }
  }
  return { is: 'ready' }
}

const list = (regions: readonly string[]): string =>
  regions.length === 0 ? 'no Region' : regions.join(', ')

function describeDeletion(
  { replicas, role, origin }: PendingState,
  { input: { pendingWindowInDays: days }, key }: About<Input>,
): Impact {
  const waitsForReplicas = role === 'primary' && replicas.length > 0
  return {
    effects: [
      'Every cryptographic operation with this key fails from now on.',
      waitsForReplicas
        ? `The key becomes Pending replica deletion. Its ${days} days begin only when its ` +
          `replicas in ${list(replicas)} are deleted.`
        : `AWS deletes the key ${days} days from then. Until then the deletion can be cancelled.`,
      'After that nobody, AWS included, can read what was encrypted under it.',
    ],
    warnings: [
      ...(waitsForReplicas
        ? [
            'The replicas stay usable and are not deleted by this; without deleting them the key waits for ever.',
          ]
        : []),
      ...(role === 'replica'
        ? [
            'This is a replica: the primary key and the other replicas stay, and it can be made again by ReplicateKey.',
          ]
        : []),
      ...(origin === 'EXTERNAL'
        ? [
            'Its material was imported. Importing the same bytes into another key does not ' +
              'make its ciphertext readable.',
          ]
        : []),
      ...(origin === 'EXTERNAL_KEY_STORE'
        ? ['The external key stays, and yet what KMS encrypted with it is lost.']
        : []),
      ...(key && key.aliases.length > 0 ? [`Deleted with it: ${key.aliases.join(', ')}.`] : []),
      ...(key?.grantCount
        ? [`${key.grantCount} ${key.grantCount === 1 ? 'grant ends' : 'grants end'} with it.`]
        : []),
      describeLastUse(key),
    ],
  }
}

/**
 * Says when the key was last used, and what that leaves out: GetKeyLastUsage knows cryptographic
 * calls since tracking began, not data keys that are cached (lib/kms/README.md, "Last use").
 */
function describeLastUse(key: About<Input>['key']): string {
  if (!key) return 'Claviger does not know this key yet, nor whether it is in use.'
  if (key.lastUsedAt)
    return `It was last used at ${sayMoment(key.lastUsedAt)} (${key.lastUsedOperation ?? 'operation unknown'}).`
  if (!key.lastUseAt) return 'Whether it is in use is not known: its last use was never read.'
  return (
    `No use is recorded since ${key.usageTrackedSince ?? 'tracking began'}. Attached volumes ` +
    'and cached data keys leave no record.'
  )
}
