import { GetKeyRotationStatusCommand, ListKeyRotationsCommand } from '@aws-sdk/client-kms'
import { keyOf } from '../../../test/example-faults'
import { arnOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    const see = async () => {
      const { OnDemandRotationStartDate } = await fixture
        .admin()
        .send(new GetKeyRotationStatusCommand({ KeyId: arnOf(place) }))
      const { Rotations = [] } = await fixture
        .admin()
        .send(new ListKeyRotationsCommand({ KeyId: arnOf(place) }))
      return Rotations.length + (OnDemandRotationStartDate ? 1 : 0)
    }
    return { place, input: {}, sends: ['kms:RotateKeyOnDemand'], see, done: 1 }
  },
  underFaults: {
    on: 'key',
    does: 'RotateKeyOnDemand',
    make: async ({ key }) => ({
      input: {},
      isDone(world) {
        const { materials = [], onDemand } = keyOf(world, key) ?? {}
        const rotated = materials.filter(({ rotationType }) => rotationType === 'ON_DEMAND').length
        return rotated + (onDemand ? 1 : 0) === 1
      },
    }),
  },
})
