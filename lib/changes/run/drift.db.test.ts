import { GetKeyPolicyCommand, PutKeyPolicyCommand } from '@aws-sdk/client-kms'
import { expect, it } from 'vitest'
import { executeChange } from './execute'
import { claimChanges } from './lease'
import { openChangeFixture } from '../test/change-fixture'
import { addKey, asking, changesOf, outsider, fixtureAccount } from '../test/fixtures'
import { productionContext, type ExecutionContext } from '../kinds/execution-context'

const { aws, askApproved } = await openChangeFixture({ bobIs: 'admin' })

const policyNamed = (name: string) =>
  JSON.stringify({
    Version: '2012-10-17',
    Id: name,
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
const putByHand = (keyArn: string, name: string) =>
  outsider(aws.url).send(new PutKeyPolicyCommand({ KeyId: keyArn, Policy: policyNamed(name) }))
const policyOf = async (keyArn: string) =>
  (await outsider(aws.url).send(new GetKeyPolicyCommand({ KeyId: keyArn }))).Policy ?? ''

/** Somebody else acts right before the step with this number. Counts the steps there are. */
function makeWatchedWorld(
  at: number,
  interfere: () => Promise<unknown>,
): ExecutionContext & { steps: () => number; putAt: () => number } {
  let step = 0
  let putAt = Infinity
  const before = async () => {
    if (step++ === at) await interfere()
  }
  return {
    steps: () => step,
    putAt: () => putAt,
    query: async (...statement) => {
      await before()
      return productionContext.query(...statement)
    },
    transaction: async (run) => {
      await before()
      return productionContext.transaction(run)
    },
    read: async (place, api, send) => {
      await before()
      return productionContext.read(place, api, send)
    },
    write: async (place, api, ready, send) => {
      await before()
      return productionContext.write(place, api, ready, () => {
        putAt = step
        return send()
      })
    },
    sleep: async () => {},
  }
}

async function runWith(execution: ExecutionContext): Promise<void> {
  for (const lease of await claimChanges(execution, 'test', 'do', 5))
    await executeChange(execution, lease, new AbortController().signal)
}

it('a policy that somebody changes at any step between approval and put is never overwritten silently', async () => {
  const key = await addKey(aws.url)
  let steps = 1
  const ends = new Set<string>()
  for (let at = 0; at < steps; at++) {
    await putByHand(key.arn, `before ${at}`)
    const { requestId } = await askApproved(
      asking('policy-put', key.arn, { policy: policyNamed('ours'), draftId: null }),
    )
    const execution = makeWatchedWorld(at, () => putByHand(key.arn, `theirs ${at}`))
    await runWith(execution)
    const [change] = await changesOf(requestId)
    // Before the put: ours is not done, theirs stands. After it: ours was
    // done, and then they changed it.
    expect(await policyOf(key.arn), `step ${at}`).toContain(`theirs ${at}`)
    expect({ at, status: change?.status }).toEqual({
      at,
      status: execution.putAt() === Infinity ? 'drifted' : 'applied',
    })
    ends.add(change?.status ?? '')
    steps = Math.max(steps, execution.steps())
    if (at > 60) throw new Error('it never ends')
  }
  expect(steps).toBeGreaterThan(8)
  expect([...ends].sort()).toEqual(['applied', 'drifted'])
}, 120_000)
