import { regionOf } from '../../../test/example-faults'
import { describeKey } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'
import { elsewhere } from '../../../test/sandbox-fixture'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey({ MultiRegion: true })
    const see = async () =>
      (await describeKey(fixture, place))?.MultiRegionConfiguration?.ReplicaKeys?.map(
        ({ Region }) => Region,
      )
    return {
      place,
      input: { replicaRegion: elsewhere, tags: { team: 'blue' } },
      sends: ['kms:ReplicateKey'],
      see,
      done: [elsewhere],
    }
  },
  underFaults: {
    on: 'primary',
    does: 'ReplicateKey',
    // ReplicateKey makes KMS itself send CreateKey in the other Region.
    also: 'CreateKey',
    make: async ({ key }) => ({
      input: { replicaRegion: elsewhere },
      isDone: (world) =>
        regionOf(world, elsewhere).keys.get(key.keyId)?.multiRegion?.type === 'REPLICA',
    }),
  },
})
