import { UpdateKeyDescriptionCommand } from '@aws-sdk/client-kms'
import { keyOf } from '../../../test/example-faults'
import { describeKey } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(stage) {
    const place = await stage.makeKey({ Description: 'before' })
    return {
      place,
      input: {},
      sends: ['kms:UpdateKeyDescription'],
      see: async () => (await describeKey(stage, place))?.Description,
      done: '',
    }
  },
  underFaults: {
    on: 'key',
    does: 'UpdateKeyDescription',
    async make({ key, admin }) {
      await admin.send(new UpdateKeyDescriptionCommand({ KeyId: key.arn, Description: 'before' }))
      return { input: {}, isDone: (world) => keyOf(world, key)?.description === '' }
    },
  },
})
