import { GetKeyPolicyCommand } from '@aws-sdk/client-kms'
import type { World } from '../../../../sandbox/world'
import { fixtureAccount } from '../../../test/fixture-place'
import { keyOf, maybeEnd } from '../../../test/example-faults'
import { arnOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    const see = async () =>
      (await fixture.admin().send(new GetKeyPolicyCommand({ KeyId: arnOf(place) }))).Policy
    const before = JSON.parse((await see()) ?? '{}')
    const policy = JSON.stringify({ ...before, Id: 'changed' })
    return {
      place,
      input: { policy, draftId: null },
      sends: ['kms:PutKeyPolicy'],
      see,
      done: policy,
      undoes: ['kms:PutKeyPolicy'],
    }
  },
  underFaults: {
    on: 'key',
    does: 'PutKeyPolicy',
    undoes: 'PutKeyPolicy',
    async make(making) {
      const { key, number } = making
      const isOurs = (world: World) =>
        keyOf(world, key)?.policy.includes(`bench-${number}`) === true
      return {
        input: { policy: policyNamed(`bench-${number}`), draftId: null },
        endsAt: maybeEnd(making),
        isDone: isOurs,
        isUndone: (world) => !isOurs(world),
      }
    },
  },
})

const policyNamed = (id: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: id,
    Statement: [
      {
        Sid: 'Account',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${fixtureAccount}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
