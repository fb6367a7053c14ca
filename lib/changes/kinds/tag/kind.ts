import 'server-only'
import { TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { About, Facts, Observation, AwsWriter } from '../kind'
import { keyArnOf, refuseForManager } from '../shared/describe'
import { nameOf } from '../shared/key-state'
import { refuseState } from '../shared/state-table'
import {
  abacWarning,
  mostTags,
  readTags,
  sayTag,
  tagKey,
  tagKeysCondition,
  tagsState,
  tagValue,
  type TagsState,
} from '../shared/tags-state'
import { traits } from './traits'

const input = z.object({
  tags: z
    .record(tagKey, tagValue)
    .refine((tags) => Object.keys(tags).length > 0, 'Name at least one tag.')
    .refine((tags) => Object.keys(tags).length <= mostTags, `A key has at most ${mostTags} tags.`),
})
type Input = z.output<typeof input>
type Values = TagsState['values']

/** TagResource: set-state. Undone to the values before, removing those that were not there. */
export const tag = defineKind<Input, TagsState, TagsState>({
  traits,
  where: 'aws',
  input,
  state: tagsState,
  settleSeconds: 0,
  role: { feature: 'tags', statements: [allow('Tags', ['kms:TagResource', 'kms:UntagResource'])] },
  sessionPolicy: ({ place, input: { tags } }) => [
    {
      Effect: 'Allow',
      Action: ['kms:TagResource', 'kms:UntagResource'],
      Resource: [keyArnOf(place)],
      Condition: tagKeysCondition(Object.keys(tags)),
    },
  ],
  calls: ({ place, input: { tags } }) => {
    const [resource, names] = [keyArnOf(place), { 'aws:TagKeys': Object.keys(tags) }]
    const values = Object.entries(tags).map(([name, value]) => [`aws:RequestTag/${name}`, value])
    return [
      { action: 'kms:TagResource', resource, context: { ...names, ...Object.fromEntries(values) } },
      // Which of the two it takes, and with which values, only what was there before says.
      { action: 'kms:TagResource', resource, context: names, atEnd: true },
      { action: 'kms:UntagResource', resource, context: names, atEnd: true },
    ]
  },
  read: (read, { place, input: { tags } }) => readTags(read, place, Object.keys(tags)),
  refuse: ({ keyManager, blockedBy, values, tooMany }, { input: { tags } }) =>
    refuseForManager(keyManager) ??
    (blockedBy ? refuseState('TagResource', blockedBy) : null) ??
    (tooMany ? `The key would have more than ${mostTags} tags, which is AWS’s limit.` : null) ??
    (same(values, tags) ? 'The key has these tags already.' : null),
  risk: () => ({
    risk: 'medium',
    reasons: ['Policies that allow or deny by tag can begin to allow or deny because of it.'],
  }),
  title: ({ input: { tags }, key, place }) =>
    `Tag ${nameOf(key, place)}: ${Object.entries(tags)
      .map(([name, value]) => sayTag(name, value))
      .join(', ')}`,
  impact: ({ values }, { input: { tags }, endsAt }) => ({
    effects: [
      ...Object.entries(tags).map(
        ([name, value]) =>
          `${sayTag(name, value)} (before: ${sayTag(name, values[name] ?? null)}).`,
      ),
      ...(endsAt ? [`At ${endsAt} they are again as they are now.`] : []),
    ],
    warnings: [abacWarning],
    diff: { language: 'text', before: toLines(values), after: toLines(tags) },
  }),
  assess: ({
    about: {
      input: { tags },
    },
    state: now,
    baseline,
    sends,
  }) =>
    now.blockedBy && !same(now.values, tags)
      ? { is: 'drifted', words: `The key is ${now.blockedBy} now: AWS takes no tags for it.` }
      : judgeTags({ now: now.values, was: baseline.values, wanted: tags, sends }),
  async act(write, { place, input: { tags } }) {
    return setTags(write, place, tags)
  },
  undo: {
    confirm: true,
    words: ({ input: { tags } }) =>
      `${Object.keys(tags).join(', ')} ` +
      `${Object.keys(tags).length === 1 ? 'has its' : 'have their'} value of before again.`,
    read: (read, { place, input: { tags } }) => readTags(read, place, Object.keys(tags)),
    assess: ({
      about: {
        input: { tags },
      },
      state: now,
      baseline,
      sends,
    }) => judgeTags({ now: now.values, was: tags, wanted: baseline.values, sends }),
    async act(write, { place }, { baseline, state: now }) {
      const differing = Object.entries(baseline.values).filter(
        ([name, value]) => (now.values[name] ?? null) !== value,
      )
      return setTags(write, place, Object.fromEntries(differing))
    },
  },
})

/** Each of them as before or as wanted: ours to set. A third value is someone else's. */
function judgeTags({
  now,
  was,
  wanted,
  sends,
}: {
  now: Values
  was: Values
  wanted: Values
  sends: number
}): Observation {
  if (same(now, wanted)) return { is: 'done', outcome: {}, already: sends === 0 }
  const foreign = Object.keys(wanted).find(
    (name) => ![was[name] ?? null, wanted[name] ?? null].includes(now[name] ?? null),
  )
  if (foreign === undefined) return { is: 'ready' }
  return {
    is: 'drifted',
    words:
      `Someone else has changed a tag: ${sayTag(foreign, now[foreign] ?? null)} now, and ` +
      `before this ${sayTag(foreign, was[foreign] ?? null)}.`,
  }
}

async function setTags(
  write: AwsWriter,
  place: About<Input>['place'],
  values: Values,
): Promise<Facts> {
  const KeyId = keyArnOf(place)
  const Tags = Object.entries(values).flatMap(([TagKey, TagValue]) =>
    TagValue === null ? [] : [{ TagKey, TagValue }],
  )
  const TagKeys = Object.keys(values).filter((name) => values[name] === null)
  if (Tags.length > 0)
    await write.kms('kms:TagResource', (kms) => kms.send(new TagResourceCommand({ KeyId, Tags })))
  if (TagKeys.length > 0)
    await write.kms('kms:UntagResource', (kms) =>
      kms.send(new UntagResourceCommand({ KeyId, TagKeys })),
    )
  return {}
}

const same = (now: Values, wanted: Values): boolean =>
  Object.keys(wanted).every((name) => (now[name] ?? null) === (wanted[name] ?? null))
const toLines = (values: Values): string =>
  Object.keys(values)
    .sort()
    .map((name) => sayTag(name, values[name] ?? null))
    .join('\n')
