import 'server-only'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { keyArnOf } from '../shared/describe'
import { nameOf } from '../shared/key-state'
import { setRotation } from '../shared/rotation-act'
import {
  judgeRotation,
  readRotation,
  refuseRotation,
  rotationState,
  sayPeriod,
  type RotationState,
} from '../shared/rotation-state'
import { traits } from './traits'

const input = z.object({})

/**
 * DisableKeyRotation: set-state. Undone by enabling it with the period it had, counted from then.
 */
export const rotationDisable = defineKind<z.output<typeof input>, RotationState, RotationState>({
  traits,
  where: 'aws',
  input,
  state: rotationState,
  settleSeconds: 0,
  role: {
    feature: 'rotation',
    statements: [allow('Rotation', ['kms:DisableKeyRotation', 'kms:EnableKeyRotation'])],
  },
  sessionPolicy: ({ place }) => [
    {
      Effect: 'Allow',
      Action: ['kms:DisableKeyRotation', 'kms:EnableKeyRotation'],
      Resource: [keyArnOf(place)],
    },
  ],
  calls: ({ place }) => [
    { action: 'kms:DisableKeyRotation', resource: keyArnOf(place) },
    { action: 'kms:EnableKeyRotation', resource: keyArnOf(place), atEnd: true },
  ],
  read: (read, { place }) => readRotation(read, place),
  refuse: (state) =>
    refuseRotation('DisableKeyRotation', state) ??
    (state.enabled ? null : 'The key does not rotate automatically today.'),
  risk: () => ({
    risk: 'medium',
    reasons: [
      'The key keeps one key material for as long as nobody rotates it. Standards that ask ' +
        'for rotation are no longer met.',
    ],
  }),
  title: ({ key, place }) => `Stop rotating ${nameOf(key, place)} automatically`,
  impact: ({ periodDays, role }, { endsAt }) => ({
    effects: [
      `The key is no longer rotated ${sayPeriod(periodDays)}. Old and new ciphertext stay readable.`,
      ...(role === 'primary' ? ['It holds for every Region of this multi-Region key.'] : []),
      ...(endsAt
        ? [`At ${endsAt} it is rotated ${sayPeriod(periodDays)} again, counted from then.`]
        : []),
    ],
    warnings: [],
  }),
  assess: ({ state: now, baseline, sends }) =>
    judgeRotation({ now, was: baseline.periodDays, target: null, sends }),
  act: (write, { place }) => setRotation(write, place, null),
  undo: {
    confirm: true,
    words: () => 'The key is rotated automatically again, with the period it had.',
    read: (read, { place }) => readRotation(read, place),
    assess: ({ state: now, baseline, sends }) =>
      judgeRotation({ now, was: null, target: baseline.periodDays, sends }),
    act: (write, { place }, { baseline }) => setRotation(write, place, baseline.periodDays),
  },
})
