import 'server-only'
import { UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { describeKey, keyArnOf, refuseForManager } from '../shared/describe'
import { nameOf } from '../shared/key-state'
import { blockedBy, refuseState } from '../shared/state-table'
import { traits } from './traits'

const api = 'kms:UpdateKeyDescription'
const input = z.strictObject({})
const state = z.object({
  keyManager: z.string(),
  blockedBy: z.string().nullable(),
  description: z.string(),
})
type State = z.output<typeof state>

/** UpdateKeyDescription to no text: set-state. */
export const descriptionClear = defineKind<z.output<typeof input>, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: { feature: 'descriptions', statements: [allow('Descriptions', [api])] },
  sessionPolicy: ({ place }) => [{ Effect: 'Allow', Action: [api], Resource: [keyArnOf(place)] }],
  calls: ({ place }) => [{ action: api, resource: keyArnOf(place) }],
  async read(read, { place }) {
    const key = await describeKey(read, place)
    return {
      keyManager: key.KeyManager ?? 'unknown',
      blockedBy: blockedBy('UpdateKeyDescription', key.KeyState ?? 'unknown'),
      description: key.Description ?? '',
    }
  },
  refuse: (now) =>
    refuseForManager(now.keyManager) ??
    (now.blockedBy ? refuseState('UpdateKeyDescription', now.blockedBy) : null) ??
    (now.description === '' ? 'The key has no description.' : null),
  risk: () => ({ risk: 'low', reasons: ['Text for people; nothing else depends on it.'] }),
  title: ({ key, place }) => `Clear the description of ${nameOf(key, place)}`,
  impact: ({ description: before }) => ({
    effects: ['The key has no description any more.'],
    warnings: [],
    diff: { language: 'text', before, after: '' },
  }),
  assess({ state: now, baseline, sends }) {
    if (now.description === '') return { is: 'done', outcome: {}, already: sends === 0 }
    if (now.blockedBy) return { is: 'drifted', words: `The key is ${now.blockedBy} now.` }
    return now.description === baseline.description
      ? { is: 'ready' }
      : { is: 'drifted', words: 'Someone else has changed the description meanwhile.' }
  },
  async act(write, { place }) {
    await write.kms(api, (kms) =>
      kms.send(new UpdateKeyDescriptionCommand({ KeyId: keyArnOf(place), Description: '' })),
    )
    return {}
  },
})
