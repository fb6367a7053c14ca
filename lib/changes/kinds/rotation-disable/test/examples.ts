import { EnableKeyRotationCommand } from '@aws-sdk/client-kms'
import { makeRotation } from '../../../test/example-faults'
import { arnOf, rotationOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    await fixture
      .admin()
      .send(new EnableKeyRotationCommand({ KeyId: arnOf(place), RotationPeriodInDays: 180 }))
    return {
      place,
      input: {},
      sends: ['kms:DisableKeyRotation'],
      see: rotationOf(fixture, place),
      done: 'off',
      undoes: ['kms:EnableKeyRotation'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'DisableKeyRotation',
    undoes: 'EnableKeyRotation',
    async make(making) {
      await making.admin.send(
        new EnableKeyRotationCommand({ KeyId: making.key.arn, RotationPeriodInDays: 365 }),
      )
      return makeRotation(making, {}, false)
    },
  },
})
