import { ReplicateKeyCommand } from '@aws-sdk/client-kms'
import { regionOf } from '../../../test/example-faults'
import { describeKey, withReplica } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'
import { elsewhere } from '../../../test/sandbox-fixture'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await withReplica(fixture, elsewhere)
    const see = async () =>
      (await describeKey(fixture, place))?.MultiRegionConfiguration?.PrimaryKey?.Region
    return {
      place,
      input: { primaryRegion: elsewhere },
      sends: ['kms:UpdatePrimaryRegion'],
      see,
      done: elsewhere,
    }
  },
  underFaults: {
    on: 'primary',
    does: 'UpdatePrimaryRegion',
    async make({ key, admin }) {
      await admin.send(new ReplicateKeyCommand({ KeyId: key.arn, ReplicaRegion: elsewhere }))
      return {
        input: { primaryRegion: elsewhere },
        isDone: (world) =>
          regionOf(world, elsewhere).keys.get(key.keyId)?.multiRegion?.type === 'PRIMARY',
      }
    },
  },
})
