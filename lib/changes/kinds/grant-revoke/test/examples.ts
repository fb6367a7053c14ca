import { endGrant } from '../../../test/example-faults'
import { grantsOf, withGrant } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const { place, grantId } = await withGrant(fixture)
    return {
      place,
      input: { grantId },
      sends: ['kms:RevokeGrant'],
      see: grantsOf(fixture, place),
      done: 0,
    }
  },
  underFaults: {
    on: 'key',
    does: 'RevokeGrant',
    make: endGrant,
  },
})
