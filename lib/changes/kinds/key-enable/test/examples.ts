import { DisableKeyCommand } from '@aws-sdk/client-kms'
import { makeState } from '../../../test/example-faults'
import { arnOf, stateOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(stage) {
    const place = await stage.makeKey()
    await stage.admin().send(new DisableKeyCommand({ KeyId: arnOf(place) }))
    return {
      place,
      input: {},
      sends: ['kms:EnableKey'],
      see: stateOf(stage, place),
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
