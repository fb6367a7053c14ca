import { EnableKeyRotationCommand } from '@aws-sdk/client-kms'
import { makeRotation } from '../../../test/example-faults'
import { arnOf, rotationOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    await fixture
      .admin()
      .send(new EnableKeyRotationCommand({ KeyId: arnOf(place), RotationPeriodInDays: 400 }))
    return {
      place,
      input: { rotationPeriodInDays: 90 },
      sends: ['kms:EnableKeyRotation'],
      see: rotationOf(fixture, place),
      done: 90,
      undoes: ['kms:EnableKeyRotation'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'EnableKeyRotation',
    undoes: 'DisableKeyRotation',
    make: async (making) => makeRotation(making, { rotationPeriodInDays: 180 }, true),
  },
})
