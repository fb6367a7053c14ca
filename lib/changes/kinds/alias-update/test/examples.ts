import { CreateAliasCommand } from '@aws-sdk/client-kms'
import { targetOf } from '../../../test/example-faults'
import { arnOf, aliasName, aliasOf, idOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const [from, place, name] = [await fixture.makeKey(), await fixture.makeKey(), aliasName()]
    await fixture
      .admin()
      .send(new CreateAliasCommand({ AliasName: name, TargetKeyId: arnOf(from) }))
    return {
      place,
      input: { aliasName: name, fromKeyArn: from.keyArn },
      sends: ['kms:UpdateAlias'],
      see: aliasOf(fixture, name),
      done: idOf(place),
      undoes: ['kms:UpdateAlias'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'UpdateAlias',
    async make({ key, makeKey, number, admin }) {
      const aliasName = `alias/bench-${number}`
      await admin.send(new CreateAliasCommand({ AliasName: aliasName, TargetKeyId: key.keyId }))
      const to = await makeKey()
      return {
        keyArn: to.arn,
        input: { aliasName, fromKeyArn: key.arn },
        isDone: (world) => targetOf(world, to, number) === to.keyId,
      }
    },
  },
})
