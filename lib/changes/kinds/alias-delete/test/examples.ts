import { CreateAliasCommand } from '@aws-sdk/client-kms'
import { targetOf } from '../../../test/example-faults'
import { arnOf, aliasName, aliasOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const [place, name] = [await fixture.makeKey(), aliasName()]
    await fixture
      .admin()
      .send(new CreateAliasCommand({ AliasName: name, TargetKeyId: arnOf(place) }))
    return {
      place,
      input: { aliasName: name },
      sends: ['kms:DeleteAlias'],
      see: aliasOf(fixture, name),
      done: null,
    }
  },
  underFaults: {
    on: 'key',
    does: 'DeleteAlias',
    async make({ key, number, admin }) {
      const aliasName = `alias/bench-${number}`
      await admin.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: key.keyId }))
      return {
        input: { aliasName },
        isDone: (world) => targetOf(world, key, number) === undefined,
      }
    },
  },
})
