import 'server-only'
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { readKeyState } from '../key-disable/kind'
import { judgeKeyState, nameOf, refuseUnseenEnd, warnUnavailable } from '../shared/key-state'
import { refuseState } from '../shared/state-table'
import { sayMoment } from '../shared/moment'
import { traits } from './traits'

const input = z.object({})
const state = z.object({ keyState: z.string(), keyManager: z.string() })
type State = z.output<typeof state>

/** EnableKey, which changes nothing the second time. Undone by DisableKey. */
export const keyEnable = defineKind<z.output<typeof input>, State, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: { feature: 'state', statements: [allow('State', ['kms:EnableKey', 'kms:DisableKey'])] },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:EnableKey', 'kms:DisableKey'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [
    { action: 'kms:EnableKey', resource: keyArnOf(place) },
    { action: 'kms:DisableKey', resource: keyArnOf(place), atEnd: true },
  ],
  read: (read, { place }) => readKeyState(read, place),
  refuse: ({ keyState, keyManager }, { endsAt }) =>
    refuseForManager(keyManager) ?? refuseKeyState(keyState) ?? refuseUnseenEnd(keyState, endsAt),
  risk: () => ({
    risk: 'medium',
    reasons: [
      'Whoever the key policy, IAM and grants allow can use the key again. It may have been disabled on purpose.',
    ],
  }),
  title: ({ key, place }) => `Enable ${nameOf(key, place)}`,
  impact: ({ keyState }, { key, endsAt }) => ({
    effects: [
      'The key can be used again by everyone who may.',
      ...(endsAt ? [`It is disabled again at ${sayMoment(endsAt)}.`] : []),
    ],
    warnings: [
      ...warnUnavailable(keyState),
      ...(key?.rotation === 'on'
        ? ['If an automatic rotation fell due while it was disabled, AWS rotates it at once.']
        : []),
      ...(key?.origin === 'EXTERNAL' && key.validTo
        ? [`Its imported key material expires at ${key.validTo}.`]
        : []),
    ],
  }),
  assess: ({ state: now, baseline, sends }) =>
    judgeKeyState({ now: now.keyState, was: baseline.keyState, target: 'Enabled', sends }),
  async act(write, { place }) {
    await write.kms('kms:EnableKey', (kms) =>
      kms.send(new EnableKeyCommand({ KeyId: keyArnOf(place) })),
    )
    return {}
  },
  undo: {
    confirm: true,
    words: () => 'The key is disabled again.',
    read: (read, { place }) => readKeyState(read, place),
    assess: ({ state: now, sends }) =>
      judgeKeyState({ now: now.keyState, was: 'Enabled', target: 'Disabled', sends }),
    async act(write, { place }) {
      await write.kms('kms:DisableKey', (kms) =>
        kms.send(new DisableKeyCommand({ KeyId: keyArnOf(place) })),
      )
      return {}
    },
  },
})

function refuseKeyState(keyState: string): string | null {
  if (keyState === 'Enabled') return 'The key is enabled already.'
  if (keyState === 'PendingDeletion' || keyState === 'PendingReplicaDeletion')
    return 'The key is waiting to be deleted: cancel that first, then enable it.'
  return refuseState('EnableKey', keyState)
}
