import 'server-only'
import { CancelKeyDeletionCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { isPending, pendingState, readPending, type PendingState } from '../shared/deletion-state'
import { nameOf } from '../shared/key-state'
import { traits } from './traits'
import { nameOfState } from '../../../kms/state-names'

const input = z.object({})

/**
 * CancelKeyDeletion, done as soon as the key is no longer pending deletion; a second call is
 * refused. Leaves the key Disabled (lib/kms/README.md, "Key states").
 */
export const deletionCancel = defineKind<z.output<typeof input>, PendingState>({
  traits,
  where: 'aws',
  input,
  state: pendingState,
  settleSeconds: 0,
  role: { feature: 'state', statements: [allow('State', ['kms:CancelKeyDeletion'])] },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:CancelKeyDeletion'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [{ action: 'kms:CancelKeyDeletion', resource: keyArnOf(place) }],
  read: (read, { place }) => readPending(read, place),
  refuse: ({ keyState, keyManager }) =>
    refuseForManager(keyManager) ??
    (isPending(keyState) ? null : `The key is ${nameOfState(keyState)}: no deletion is scheduled.`),
  risk: () => ({
    risk: 'low',
    reasons: ['The key is kept, Disabled: nobody can use it until it is enabled.'],
  }),
  title: ({ key, place }) => `Cancel the deletion of ${nameOf(key, place)}`,
  impact: ({ deletionDate }) => ({
    effects: [
      'The key is not deleted. It becomes Disabled, not Enabled: to use it, enable it as a change of its own.',
    ],
    warnings: [
      ...(deletionDate
        ? [`AWS deletes the key at ${deletionDate}: this must be approved and done before that.`]
        : []),
      'AWS charges the key for the time it was waiting as well.',
    ],
  }),
  assess: ({ state: now, sends }) =>
    isPending(now.keyState)
      ? { is: 'ready' }
      : { is: 'done', outcome: { keyState: now.keyState }, already: sends === 0 },
  async act(write, { place }) {
    await write.kms('kms:CancelKeyDeletion', (kms) =>
      kms.send(new CancelKeyDeletionCommand({ KeyId: keyArnOf(place) })),
    )
    return {}
  },
})
