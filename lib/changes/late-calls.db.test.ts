/** Calls that come late: after a refusal, after another worker, after their end. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateKeyCommand,
  GetKeyPolicyCommand,
  ListGrantsCommand,
  ListKeyRotationsCommand,
  PutKeyPolicyCommand,
} from '@aws-sdk/client-kms'
import { beforeEach, expect, it } from 'vitest'
import { AwsProblem } from '../aws/errors'
import { textOf } from '../db/client'
import { executeChange } from './run/execute'
import { claimChanges } from './run/lease'
import { productionContext, type ExecutionContext } from './kinds/execution-context'
import { decryptGrant, openChangeFixture } from './test/change-fixture'
import {
  addKey,
  asking,
  connectAccount,
  letTimePass,
  listKey,
  otherAccount,
  outsider,
  fixtureAccount,
  stored,
} from './test/fixtures'

const { sql, aws, askApproved, work } = await openChangeFixture({ bobIs: 'admin' })
const kms = () => outsider(aws.url)
const never = new AbortController().signal

beforeEach(() =>
  sql.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`),
)

const grantsOn = async (keyArn: string): Promise<number> =>
  (await kms().send(new ListGrantsCommand({ KeyId: keyArn }))).Grants?.length ?? 0

it('a grant whose first call was lost and comes late, and whose second was refused, ends at its end', async () => {
  const key = await addKey(aws.url)
  await askApproved(asking('grant-create', key.arn, decryptGrant))
  let calls = 0
  let late: Promise<unknown> = Promise.resolve()
  const world: ExecutionContext = {
    ...productionContext,
    write: async (place, api, before, send) => {
      if (api !== 'kms:CreateGrant') return productionContext.write(place, api, before, send)
      await before()
      if (++calls === 1) {
        late = sleep(1_500).then(send)
        throw new AwsProblem('unavailable', 'TimeoutError', 'no answer', api)
      }
      throw new AwsProblem('denied', 'AccessDeniedException', 'a policy was changed meanwhile', api)
    },
  }
  await work(world)
  await late
  await letTimePass(aws.url, 8 * 86_400)
  expect([calls, await grantsOn(key.arn)], 'both calls left, and the first made its grant').toEqual(
    [2, 1],
  )
  for (let i = 0; i < 3; i++) {
    await work()
    await letTimePass(aws.url, 120)
  }
  expect(await grantsOn(key.arn)).toBe(0)
})

it('two approved rotations of one key are two rotations, or one of them says that it was not done', async () => {
  const key = await addKey(aws.url)
  const first = await askApproved(asking('rotate-now', key.arn, {}))
  const second = await askApproved(asking('rotate-now', key.arn, {}))
  const lossy: ExecutionContext = {
    ...productionContext,
    write: async (place, api, before, send) => {
      if (api !== 'kms:RotateKeyOnDemand') return productionContext.write(place, api, before, send)
      await before()
      throw new AwsProblem('unavailable', 'ECONNRESET', 'it never reached AWS', api)
    },
  }
  for (const lease of await claimChanges(lossy, 'a', 'do', 1))
    await executeChange(lossy, lease, never)
  await work()
  for (let i = 0; i < 4; i++) {
    await letTimePass(aws.url, 45)
    await work()
  }
  const done = [await stored(first.changeId), await stored(second.changeId)].filter(
    (one) => one?.status === 'applied',
  ).length
  expect(done).toBeGreaterThan(0)
  const { Rotations = [] } = await kms().send(new ListKeyRotationsCommand({ KeyId: key.arn }))
  expect(Rotations.filter(({ RotationType }) => RotationType === 'ON_DEMAND')).toHaveLength(done)
})

it('a worker whose lease ran out while it read again overwrites no policy', async () => {
  const key = await addKey(aws.url)
  const policyOf = async () =>
    (await kms().send(new GetKeyPolicyCommand({ KeyId: key.arn, PolicyName: 'default' }))).Policy ??
    ''
  const before = await policyOf()
  const withSid = (sid: string) => {
    const doc = JSON.parse(before)
    doc.Statement[0].Sid = sid
    return JSON.stringify(doc)
  }
  await askApproved(asking('policy-put', key.arn, { policy: withSid('Ours') }))
  let reads = 0
  let release = () => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const cut: ExecutionContext = {
    ...productionContext,
    query: (...statement) =>
      textOf(statement).text.includes('SET "leaseUntil"')
        ? Promise.reject(new Error('timeout exceeded when trying to connect'))
        : productionContext.query(...statement),
    read: async (place, api, send) => {
      const answer = await productionContext.read(place, api, send)
      if (api === 'kms:GetKeyPolicy' && ++reads === 2) await gate
      return answer
    },
  }
  const [lease] = await claimChanges(cut, 'a', 'do', 1)
  const slow = executeChange(cut, lease ?? expect.fail('nothing to do'), never)
  while (reads < 2) await sleep(50)
  await sleep(8_500)
  for (const taken of await claimChanges(productionContext, 'b', 'do', 1))
    await executeChange(productionContext, taken, never)
  await kms().send(
    new PutKeyPolicyCommand({
      KeyId: key.arn,
      PolicyName: 'default',
      Policy: withSid('SomebodyElse'),
    }),
  )
  release()
  await slow
  expect(await policyOf()).toContain('SomebodyElse')
}, 60_000)

it('a policy whose first call comes late and whose second was refused is not called failed', async () => {
  const key = await addKey(aws.url)
  const policyOf = async () =>
    (await kms().send(new GetKeyPolicyCommand({ KeyId: key.arn, PolicyName: 'default' }))).Policy ??
    ''
  const doc = JSON.parse(await policyOf())
  doc.Statement[0].Sid = 'Late'
  const { changeId } = await askApproved(
    asking('policy-put', key.arn, { policy: JSON.stringify(doc) }),
  )
  let calls = 0
  let late: Promise<unknown> = Promise.resolve()
  const world: ExecutionContext = {
    ...productionContext,
    write: async (place, api, before, send) => {
      await before()
      if (++calls === 1) {
        late = sleep(1_500).then(send)
        throw new AwsProblem('unavailable', 'TimeoutError', 'no answer', api)
      }
      throw new AwsProblem('denied', 'AccessDeniedException', 'changed meanwhile', api)
    },
  }
  await work(world)
  await late
  expect(
    [calls, (await policyOf()).includes('Late')],
    'both calls left, and the first came',
  ).toEqual([2, true])
  for (let i = 0; i < 3; i++) {
    await letTimePass(aws.url, 61)
    await work()
  }
  expect(await stored(changeId)).toMatchObject({ status: 'applied' })
})

it('a replica that AWS has begun to make and does not show yet is not called failed', async () => {
  await connectAccount(aws.url, { accountId: otherAccount })
  const { KeyMetadata: metadata } = await outsider(aws.url, { accountId: otherAccount }).send(
    new CreateKeyCommand({ MultiRegion: true }),
  )
  if (!metadata?.Arn) throw new Error('no key was made')
  await listKey(metadata)
  const { changeId } = await askApproved(
    asking('replicate', metadata.Arn, { replicaRegion: 'eu-central-1' }),
  )
  let sent = false
  const world: ExecutionContext = {
    ...productionContext,
    write: async (place, api, before, send) => {
      await productionContext.write(place, api, before, send)
      sent = true
      throw new AwsProblem('unavailable', 'TimeoutError', 'no answer', api)
    },
    read: async (place, api, send) => {
      if (sent && place.region === 'eu-central-1')
        throw new AwsProblem('notFound', 'NotFoundException', 'not there yet', api)
      return productionContext.read(place, api, send)
    },
  }
  await work(world)
  expect(sent).toBe(true)
  expect(await stored(changeId)).toMatchObject({ status: 'executing' })
  await letTimePass(aws.url, 10)
  await work()
  expect(await stored(changeId)).toMatchObject({ status: 'applied' })
})

it('no call that makes a grant leaves after the end of that grant', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant))
  let [reached, made] = [false, false]
  const world: ExecutionContext = {
    ...productionContext,
    write: async (place, api, before, send) => {
      reached = true
      // waits for its turn in the budget, or the worker's machine slept
      await letTimePass(aws.url, 8 * 86_400)
      await before()
      made = true
      return send()
    },
  }
  for (const lease of await claimChanges(world, 'a', 'do', 1))
    await executeChange(world, lease, never)
  expect([reached, made, await grantsOn(key.arn)]).toEqual([true, false, 0])
  expect(await stored(changeId)).toMatchObject({ sends: 0 })
})

it('an end that AWS refuses is not called done because the grant is not listed yet', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant))
  await work()
  await sql.execute('UPDATE "Change" SET "endAskedAt" = claviger_now() WHERE "id" = $1::uuid', [
    changeId,
  ])
  const world: ExecutionContext = {
    ...productionContext,
    write: async (place, api, before) => {
      await before()
      throw new AwsProblem('denied', 'AccessDeniedException', 'no', api)
    },
    read: (place, api, send) =>
      api === 'kms:ListGrants'
        ? Promise.reject(new AwsProblem('notFound', 'NotFoundException', 'not yet', api))
        : productionContext.read(place, api, send),
  }
  await work(world)
  expect([await grantsOn(key.arn), (await stored(changeId))?.status]).toEqual([1, 'revertFailed'])
})

it('a call that left in time, whose worker died, and that comes after the end, leaves no grant behind', async () => {
  const key = await addKey(aws.url)
  const { changeId } = await askApproved(asking('grant-create', key.arn, decryptGrant))
  let late: () => Promise<unknown> = () => Promise.resolve()
  const world: ExecutionContext = {
    ...productionContext,
    write: async (_place, _api, before, send) => {
      const [left] = await sql.query<{ s: number }>(
        'SELECT extract(epoch FROM "endsAt" - claviger_now())::float8 AS s FROM "Change" WHERE "id" = $1::uuid',
        [changeId],
      )
      await letTimePass(aws.url, Math.floor(left?.s ?? 0) - 5)
      await before()
      late = send
      throw new Error('SIGKILL')
    },
  }
  for (const lease of await claimChanges(world, 'a', 'do', 1))
    await executeChange(world, lease, never).catch(() => {})
  await letTimePass(aws.url, 12) // the lease is over, and so is its time
  await work()
  await work()
  await late()
  expect(await grantsOn(key.arn)).toBe(1)
  for (let i = 0; i < 3; i++) {
    await letTimePass(aws.url, 120)
    await work()
  }
  expect(await grantsOn(key.arn)).toBe(0)
})

it('a worker that loses its lease while it looks a last time sends nothing more', async () => {
  const key = await addKey(aws.url)
  const policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'Root',
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${fixtureAccount}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  })
  const { changeId } = await askApproved(asking('policy-put', key.arn, { policy }))
  const [lease] = await claimChanges(productionContext, 'slow', 'do', 10)
  expect(lease?.changeId).toBe(changeId)
  let reads = 0
  let puts = 0
  const slow = {
    ...productionContext,
    read: async <T>(
      ...[place, api, send]: Parameters<typeof productionContext.read<T>>
    ): Promise<T> => {
      if (api === 'kms:GetKeyPolicy' && (reads += 1) === 2) {
        await sql.execute(
          `UPDATE "Change" SET "attempt" = "attempt" + 1, "leaseOwner" = 'other' WHERE "id" = $1::uuid`,
          [changeId],
        )
        await new Promise((resolve) => setTimeout(resolve, 2_500))
      }
      return productionContext.read<T>(place, api, send)
    },
    write: <T>(
      ...[place, api, before, send]: Parameters<typeof productionContext.write<T>>
    ): Promise<T> =>
      productionContext.write<T>(place, api, before, () => {
        puts += 1
        return send()
      }),
  }
  if (lease) await executeChange(slow, lease, never)
  expect({ reads, puts }).toEqual({ reads: 2, puts: 0 })
})
