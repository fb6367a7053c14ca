import { keyOf, maybeEnd } from '../../../test/example-faults'
import { tagsOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey({
      Tags: [
        { TagKey: 'team', TagValue: 'blue' },
        { TagKey: 'other', TagValue: 'stays' },
      ],
    })
    const tags = { team: 'red', 'cost centre': '' }
    return {
      place,
      input: { tags },
      sends: ['kms:TagResource'],
      see: tagsOf(fixture, place),
      done: { ...tags, other: 'stays' },
      undoes: ['kms:TagResource', 'kms:UntagResource'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'TagResource',
    undoes: 'UntagResource',
    async make(making) {
      const { key, number } = making
      return {
        input: { tags: { bench: String(number) } },
        endsAt: maybeEnd(making),
        isDone: (world) => keyOf(world, key)?.tags.get('bench') === String(number),
        isUndone: (world) => keyOf(world, key)?.tags.has('bench') === false,
      }
    },
  },
})
