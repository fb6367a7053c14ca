import { TagResourceCommand } from '@aws-sdk/client-kms'
import { keyOf } from '../../../test/example-faults'
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
    return {
      place,
      input: { tagKeys: ['team'] },
      sends: ['kms:UntagResource'],
      see: tagsOf(fixture, place),
      done: { other: 'stays' },
    }
  },
  underFaults: {
    on: 'key',
    does: 'UntagResource',
    async make({ key, admin }) {
      await admin.send(
        new TagResourceCommand({ KeyId: key.arn, Tags: [{ TagKey: 'old', TagValue: 'x' }] }),
      )
      return {
        input: { tagKeys: ['old'] },
        isDone: (world) => keyOf(world, key)?.tags.has('old') === false,
      }
    },
  },
})
