import 'server-only'
import { UntagResourceCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { allow } from '../../../accounts/write-role'
import { defineKind } from '../define'
import type { AssessFacts, Observation } from '../kind'
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
  type TagsState,
} from '../shared/tags-state'
import { traits } from './traits'

const input = z.object({
  tagKeys: z
    .array(tagKey)
    .min(1, 'Name at least one tag.')
    .max(mostTags, `A key has at most ${mostTags} tags.`)
    .refine((names) => new Set(names).size === names.length, 'A tag is named twice.'),
})
type Input = z.output<typeof input>

/** UntagResource: set-state. */
export const untag = defineKind<Input, TagsState>({
  traits,
  where: 'aws',
  input,
  state: tagsState,
  settleSeconds: 0,
  role: { feature: 'tags', statements: [allow('Tags', ['kms:UntagResource'])] },
  sessionPolicy: ({ place, input: { tagKeys } }) => [
    {
      Effect: 'Allow',
      Action: ['kms:UntagResource'],
      Resource: [keyArnOf(place)],
      Condition: tagKeysCondition(tagKeys),
    },
  ],
  calls: ({ place, input: { tagKeys } }) => [
    {
      action: 'kms:UntagResource',
      resource: keyArnOf(place),
      context: { 'aws:TagKeys': tagKeys },
    },
  ],
  read: (read, { place, input: { tagKeys } }) => readTags(read, place, tagKeys),
  refuse: ({ keyManager, blockedBy, values }, { input: { tagKeys } }) => {
    const missing = tagKeys.filter((name) => (values[name] ?? null) === null)
    return (
      refuseForManager(keyManager) ??
      (blockedBy ? refuseState('UntagResource', blockedBy) : null) ??
      (missing.length > 0 ? `The key has no tag ${missing.join(', ')}.` : null)
    )
  },
  risk: () => ({
    risk: 'medium',
    reasons: ['Policies that allow or deny by tag can begin to allow or deny because of it.'],
  }),
  title: ({ input: { tagKeys }, key, place }) =>
    `Remove ${tagKeys.length === 1 ? 'the tag' : 'the tags'} ${tagKeys.join(', ')} from ${nameOf(key, place)}`,
  impact: ({ values }, { input: { tagKeys } }) => ({
    effects: tagKeys.map(
      (name) => `${name} is removed (before: ${sayTag(name, values[name] ?? null)}).`,
    ),
    warnings: [abacWarning],
    diff: {
      language: 'text',
      before: [...tagKeys]
        .sort()
        .map((name) => sayTag(name, values[name] ?? null))
        .join('\n'),
      after: '',
    },
  }),
  assess: judgeUntag,
  async act(write, { place, input: { tagKeys } }, { state: now }) {
    const TagKeys = tagKeys.filter((name) => (now.values[name] ?? null) !== null)
    await write.kms('kms:UntagResource', (kms) =>
      kms.send(new UntagResourceCommand({ KeyId: keyArnOf(place), TagKeys })),
    )
    return {}
  },
})

function judgeUntag({
  about: {
    input: { tagKeys },
  },
  state: { values, blockedBy },
  baseline,
  sends,
}: AssessFacts<Input, TagsState>): Observation {
  const left = tagKeys.filter((name) => (values[name] ?? null) !== null)
  if (left.length === 0) return { is: 'done', outcome: {}, already: sends === 0 }
  if (blockedBy)
    return { is: 'drifted', words: `The key is ${blockedBy} now: AWS takes no tags for it.` }
  const foreign = left.find((name) => values[name] !== baseline.values[name])
  if (foreign === undefined) return { is: 'ready' }
  return {
    is: 'drifted',
    words:
      `Someone else has changed a tag: ${sayTag(foreign, values[foreign] ?? null)} now, and ` +
      `when this was asked for ${sayTag(foreign, baseline.values[foreign] ?? null)}.`,
  }
}
