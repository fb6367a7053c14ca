import { grantsNamed, grantee } from '../../../test/example-faults'
import { grantsOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'
import { other } from '../../../test/sandbox-fixture'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const [place, { arn }] = [await fixture.makeKey(), await fixture.makeUser(other)]
    return {
      place,
      input: { granteePrincipal: arn, operations: ['Decrypt'] },
      sends: ['kms:CreateGrant'],
      see: grantsOf(fixture, place),
      done: 1,
      undoes: ['kms:RevokeGrant'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'CreateGrant',
    undoes: 'RevokeGrant',
    make: async ({ key, endsAt }) => ({
      input: {
        granteePrincipal: grantee,
        granteeServicePrincipal: null,
        operations: ['Decrypt', 'DescribeKey'],
        constraints: null,
        retiringPrincipal: null,
        retiringServicePrincipal: null,
      },
      endsAt,
      isDone: (world, id) => grantsNamed(world, key, id).length === 1,
      isUndone: (world, id) => grantsNamed(world, key, id).length === 0,
    }),
  },
})
