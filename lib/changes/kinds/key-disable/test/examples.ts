import { makeState } from '../../../test/example-faults'
import { stateOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    return {
      place,
      input: {},
      sends: ['kms:DisableKey'],
      see: stateOf(fixture, place),
      done: 'Disabled',
      undoes: ['kms:EnableKey'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'DisableKey',
    undoes: 'EnableKey',
    make: async (making) => makeState(making, 'Disabled', 'Enabled'),
  },
})
