import 'server-only'
import { UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { Observation, Place, AwsReader, AwsWriter } from '../kind'
import { describeKey, keyArnOf, refuseForManager } from '../shared/describe'
import { nameOf } from '../shared/key-state'
import { blockedBy, refuseState } from '../shared/state-table'
import { sayMoment } from '../shared/moment'
import { traits } from './traits'

export const descriptionText = z.string().max(8192, 'A description has at most 8,192 characters.')
const input = z.object({ description: descriptionText })
const state = z.object({
  keyManager: z.string(),
  blockedBy: z.string().nullable(),
  description: z.string(),
})
type State = z.output<typeof state>

/** UpdateKeyDescription: set-state. Undone to the text before. */
export const description = defineKind<z.output<typeof input>, State, State>({
  traits,
  where: 'aws',
  input,
  state,
  settleSeconds: 0,
  role: {
    feature: 'descriptions',
    statements: [allow('Descriptions', ['kms:UpdateKeyDescription'])],
  },
  sessionPolicy: ({ place }) => [
    { Effect: 'Allow', Action: ['kms:UpdateKeyDescription'], Resource: [keyArnOf(place)] },
  ],
  calls: ({ place }) => [
    { action: 'kms:UpdateKeyDescription', resource: keyArnOf(place) },
    { action: 'kms:UpdateKeyDescription', resource: keyArnOf(place), atEnd: true },
  ],
  read: (read, { place }) => readState(read, place),
  refuse: (now, { input: { description: wanted } }) =>
    refuseForManager(now.keyManager) ??
    (now.blockedBy ? refuseState('UpdateKeyDescription', now.blockedBy) : null) ??
    (now.description === wanted ? 'The key has this description already.' : null),
  risk: () => ({ risk: 'low', reasons: ['Text for people; nothing else depends on it.'] }),
  title: ({ key, place }) => `Change the description of ${nameOf(key, place)}`,
  impact: ({ description: before }, { input: { description: after }, endsAt }) => ({
    effects: [
      'The description is replaced.',
      ...(endsAt ? [`It is the old one again at ${sayMoment(endsAt)}.`] : []),
    ],
    warnings: [
      'Descriptions are not secret: they stand in CloudTrail and whoever may DescribeKey reads them.',
    ],
    diff: { language: 'text', before, after },
  }),
  assess: ({
    about: {
      input: { description: wanted },
    },
    state: now,
    baseline,
    sends,
  }) => judgeText(now, { was: baseline.description, wanted, sends }),
  act: (write, { place, input: { description: wanted } }) => setText(write, place, wanted),
  undo: {
    confirm: true,
    words: () => 'The description is the one of before again.',
    read: (read, { place }) => readState(read, place),
    assess: ({
      about: {
        input: { description: was },
      },
      state: now,
      baseline,
      sends,
    }) => judgeText(now, { was, wanted: baseline.description, sends }),
    act: (write, { place }, { baseline }) => setText(write, place, baseline.description),
  },
})

function judgeText(
  now: State,
  { was, wanted, sends }: { was: string; wanted: string; sends: number },
): Observation {
  if (now.description === wanted) return { is: 'done', outcome: {}, already: sends === 0 }
  if (now.blockedBy)
    return {
      is: 'drifted',
      words: `The key is ${now.blockedBy} now: AWS takes no description for it.`,
    }
  return now.description === was
    ? { is: 'ready' }
    : { is: 'drifted', words: 'Someone else has changed the description meanwhile.' }
}

async function setText(write: AwsWriter, place: Place, text: string) {
  await write.kms('kms:UpdateKeyDescription', (kms) =>
    kms.send(new UpdateKeyDescriptionCommand({ KeyId: keyArnOf(place), Description: text })),
  )
  return {}
}

async function readState(read: AwsReader, place: Place): Promise<State> {
  const {
    KeyManager = 'unknown',
    KeyState = 'unknown',
    Description = '',
  } = await describeKey(read, place)
  return {
    keyManager: KeyManager,
    blockedBy: blockedBy('UpdateKeyDescription', KeyState),
    description: Description,
  }
}
