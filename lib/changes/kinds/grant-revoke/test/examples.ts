import { endGrant } from '../../../test/example-faults'
import { grantsOf, withGrant } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(stage) {
    const { place, grantId } = await withGrant(stage)
    return {
      place,
      input: { grantId },
      sends: ['kms:RevokeGrant'],
      see: grantsOf(stage, place),
      done: 0,
    }
  },
  underFaults: {
    on: 'key',
    does: 'RevokeGrant',
    make: endGrant,
  },
})
