import 'server-only'
import { DisableKeyCommand, EnableKeyCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { Place, AwsReader } from '../kind'
import { describeKey, keyArnOf, refuseForManager } from '../shared/describe'
import { judgeKeyState, nameOf, refuseUnseenEnd, warnUnavailable } from '../shared/key-state'
import { refuseState } from '../shared/state-table'
import { sayMoment } from '../shared/moment'
import { traits } from './traits'

const input = z.object({})
const state = z.object({ keyState: z.string(), keyManager: z.string() })

/** DisableKey, which changes nothing the second time. Undone by EnableKey. */
export const keyDisable = defineKind<
  z.output<typeof input>,
  z.output<typeof state>,
  z.output<typeof state>
>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: { feature: 'state', statements: [allow('State', ['kms:DisableKey', 'kms:EnableKey'])] },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:DisableKey', 'kms:EnableKey'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [
    { action: 'kms:DisableKey', resource: keyArnOf(place) },
    { action: 'kms:EnableKey', resource: keyArnOf(place), atEnd: true },
  ],
  read: (read, { place }) => readKeyState(read, place),
  refuse: ({ keyState, keyManager }, { endsAt }) =>
    refuseForManager(keyManager) ??
    (keyState === 'Disabled'
      ? 'The key is disabled already.'
      : refuseState('DisableKey', keyState)) ??
    refuseUnseenEnd(keyState, endsAt),
  risk: () => ({
    risk: 'high',
    reasons: ['Whoever uses the key is refused from then on, until it is enabled again.'],
  }),
  title: ({ key, place }) => `Disable ${nameOf(key, place)}`,
  impact: ({ keyState }, { key, endsAt }) => ({
    effects: [
      'Every cryptographic operation with this key fails.',
      ...(endsAt ? [`It is enabled again at ${sayMoment(endsAt)}.`] : []),
    ],
    warnings: [
      ...warnUnavailable(keyState),
      ...(key?.lastUsedAt
        ? [
            `It was last used at ${sayMoment(key.lastUsedAt)} (${key.lastUsedOperation ?? 'operation unknown'}).`,
          ]
        : []),
    ],
  }),
  assess: ({ state: now, baseline, sends }) =>
    judgeKeyState({ now: now.keyState, was: baseline.keyState, target: 'Disabled', sends }),
  async act(write, { place }) {
    await write.kms('kms:DisableKey', (kms) =>
      kms.send(new DisableKeyCommand({ KeyId: keyArnOf(place) })),
    )
    return {}
  },
  undo: {
    confirm: true,
    words: () => 'The key is enabled again.',
    read: (read, { place }) => readKeyState(read, place),
    assess: ({ state: now, sends }) =>
      judgeKeyState({ now: now.keyState, was: 'Disabled', target: 'Enabled', sends }),
    async act(write, { place }) {
      await write.kms('kms:EnableKey', (kms) =>
        kms.send(new EnableKeyCommand({ KeyId: keyArnOf(place) })),
      )
      return {}
    },
  },
})

/** Reads state and manager of the key. Throws AwsProblem. */
export async function readKeyState(read: AwsReader, place: Place): Promise<z.output<typeof state>> {
  const { KeyState = 'unknown', KeyManager = 'unknown' } = await describeKey(read, place)
  return { keyState: KeyState, keyManager: KeyManager }
}
