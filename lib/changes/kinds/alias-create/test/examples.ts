import { targetOf } from '../../../test/example-faults'
import { aliasName, aliasOf, idOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const [place, name] = [await fixture.makeKey(), aliasName()]
    return {
      place,
      input: { aliasName: name },
      sends: ['kms:CreateAlias'],
      see: aliasOf(fixture, name),
      done: idOf(place),
    }
  },
  underFaults: {
    on: 'key',
    does: 'CreateAlias',
    make: async ({ key, number }) => ({
      input: { aliasName: `alias/bench-${number}` },
      isDone: (world) => targetOf(world, key, number) === key.keyId,
    }),
  },
})
