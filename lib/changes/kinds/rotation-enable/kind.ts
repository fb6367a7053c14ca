import 'server-only'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import { describeRotationCost } from '../shared/cost'
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

const input = z.object({
  rotationPeriodInDays: z
    .int('Say a number of days.')
    .min(90, 'AWS rotates at most every 90 days.')
    .max(2560, 'AWS rotates at least every 2,560 days.')
    .default(365),
})

/** EnableKeyRotation, also for another period: set-state. Undone to what it was. */
export const rotationEnable = defineKind<z.output<typeof input>, RotationState, RotationState>({
  traits,
  where: 'aws',
  input,
  state: rotationState,
  settleSeconds: 0,
  role: {
    feature: 'rotation',
    statements: [allow('Rotation', ['kms:EnableKeyRotation', 'kms:DisableKeyRotation'])],
  },
  sessionPolicy: ({ place, input: { rotationPeriodInDays }, endsAt }) => [
    {
      Effect: 'Allow',
      Action: ['kms:EnableKeyRotation'],
      Resource: [keyArnOf(place)],
      // With an end, the period it had before is set again; which that is, only the baseline knows.
      ...(endsAt === null
        ? {
            Condition: {
              NumericEquals: { 'kms:RotationPeriodInDays': String(rotationPeriodInDays) },
            },
          }
        : {}),
    },
    { Effect: 'Allow', Action: ['kms:DisableKeyRotation'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place, input: { rotationPeriodInDays } }) => [
    {
      action: 'kms:EnableKeyRotation',
      resource: keyArnOf(place),
      context: { 'kms:RotationPeriodInDays': rotationPeriodInDays },
    },
    // Which of the two it takes, only what was set before says.
    { action: 'kms:EnableKeyRotation', resource: keyArnOf(place), atEnd: true },
    { action: 'kms:DisableKeyRotation', resource: keyArnOf(place), atEnd: true },
  ],
  read: (read, { place }) => readRotation(read, place),
  refuse: (state, { input: { rotationPeriodInDays } }) =>
    refuseRotation('EnableKeyRotation', state) ??
    (state.periodDays === rotationPeriodInDays
      ? `The key rotates every ${rotationPeriodInDays} days already.`
      : null),
  risk: ({ periodDays }, { input: { rotationPeriodInDays } }) =>
    periodDays !== null && rotationPeriodInDays > periodDays
      ? {
          risk: 'medium',
          reasons: [
            `The key rotates less often: every ${rotationPeriodInDays} days instead of every ${periodDays}.`,
          ],
        }
      : {
          risk: 'low',
          reasons: ['ARN, aliases and policy stay, and old ciphertext stays readable.'],
        },
  title: ({ input: { rotationPeriodInDays }, key, place }) =>
    `Rotate ${nameOf(key, place)} every ${rotationPeriodInDays} days`,
  impact: ({ periodDays, role }, { input: { rotationPeriodInDays }, endsAt, key }) => ({
    effects: [
      `AWS makes new key material every ${rotationPeriodInDays} days, first ${rotationPeriodInDays} days from then.`,
      ...(role === 'primary' ? ['It holds for every Region of this multi-Region key.'] : []),
      ...(endsAt ? [`At ${endsAt} automatic rotation is ${sayPeriod(periodDays)} again.`] : []),
    ],
    warnings: [
      ...(periodDays === null
        ? []
        : [
            `It rotates every ${periodDays} days today; the period begins anew, so the next rotation moves.`,
          ]),
      ...describeRotationCost(key),
    ],
  }),
  assess: ({
    about: {
      input: { rotationPeriodInDays },
    },
    state: now,
    baseline,
    sends,
  }) => judgeRotation({ now, was: baseline.periodDays, target: rotationPeriodInDays, sends }),
  act: (write, { place, input: { rotationPeriodInDays } }) =>
    setRotation(write, place, rotationPeriodInDays),
  undo: {
    confirm: true,
    words: () => 'Automatic rotation is set to what it was before.',
    read: (read, { place }) => readRotation(read, place),
    assess: ({
      about: {
        input: { rotationPeriodInDays },
      },
      state: now,
      baseline,
      sends,
    }) => judgeRotation({ now, was: rotationPeriodInDays, target: baseline.periodDays, sends }),
    act: (write, { place }, { baseline }) => setRotation(write, place, baseline.periodDays),
  },
})
