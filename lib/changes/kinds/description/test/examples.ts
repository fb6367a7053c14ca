import { keyOf, maybeEnd } from '../../../test/example-faults'
import { describeKey } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey({ Description: 'before' })
    const see = async () => (await describeKey(fixture, place))?.Description
    return {
      place,
      input: { description: 'after' },
      sends: ['kms:UpdateKeyDescription'],
      see,
      done: 'after',
      undoes: ['kms:UpdateKeyDescription'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'UpdateKeyDescription',
    undoes: 'UpdateKeyDescription',
    async make(making) {
      const { key, number } = making
      return {
        input: { description: `bench ${number}` },
        endsAt: maybeEnd(making),
        isDone: (world) => keyOf(world, key)?.description === `bench ${number}`,
        isUndone: (world) => keyOf(world, key)?.description === '',
      }
    },
  },
})
