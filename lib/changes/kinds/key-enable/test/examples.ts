import { DisableKeyCommand } from '@aws-sdk/client-kms'
import { makeState } from '../../../test/example-faults'
import { arnOf, stateOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    await fixture.admin().send(new DisableKeyCommand({ KeyId: arnOf(place) }))
    return {
      place,
      input: {},
      sends: ['kms:EnableKey'],
      see: stateOf(fixture, place),
      done: 'Enabled',
      undoes: ['kms:DisableKey'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'EnableKey',
    undoes: 'DisableKey',
    async make(making) {
      await making.admin.send(new DisableKeyCommand({ KeyId: making.key.arn }))
      return makeState(making, 'Enabled', 'Disabled')
    },
  },
})
