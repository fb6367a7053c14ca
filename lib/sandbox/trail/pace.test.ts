import { LookupEventsCommand } from '@aws-sdk/client-cloudtrail'
import { CreateKeyCommand, DescribeKeyCommand } from '@aws-sdk/client-kms'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { adminOf, failureOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox({ trailDelaySeconds: undefined })
})
beforeEach(() => running.control('POST', 'reset', { scenario: 'empty' }))
afterAll(() => running.close())

const owner = '111122223333'
const lookup = (accountId = owner, region = 'eu-west-1') =>
  running.cloudTrail(adminOf(accountId), region).send(new LookupEventsCommand({}))
const freely = { overrides: [{ quota: 'LookupEvents', value: 1000 }] }

describe('LookupEvents', () => {
  it('is asked twice a second in an account and Region, with no quota enforced', async () => {
    await lookup()
    await lookup()
    const refused = await failureOf(lookup())
    expect(refused).toEqual({ name: 'ThrottlingException', message: 'Rate exceeded' })
    await expect(lookup(owner, 'us-east-1')).resolves.toBeDefined()
    await expect(lookup('444455556666')).resolves.toBeDefined()
    await sleep(550)
    await expect(lookup()).resolves.toBeDefined()
    await running.control('PUT', 'quotas', { enforced: false, ...freely })
    for (let call = 0; call < 10; call += 1) await lookup()
  })

  it('tells of a call minutes after it, and not in the order of calls', async () => {
    await running.control('PUT', 'quotas', { enforced: false, ...freely })
    const kms = running.kms(adminOf(owner))
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
    const times: string[] = []
    let late = 0
    for (let call = 0; call < 24; call += 1) {
      await kms.send(new DescribeKeyCommand({ KeyId: KeyMetadata?.KeyId }))
      await running.control('POST', 'clock', { advanceSeconds: 60 })
      const seen = new Set(times)
      const { Events = [] } = await lookup()
      const last = times.at(-1) ?? ''
      const found = Events.map(({ EventTime, EventId }) => `${EventTime?.toISOString()} ${EventId}`)
      late += found.filter((event) => !seen.has(event) && event < last).length
      if (call < 2) expect(found, 'none before half of five minutes').toEqual([])
      times.splice(0, times.length, ...found.sort())
    }
    expect(late, 'a reader that only looks behind the last event misses some').toBeGreaterThan(0)
    await running.control('POST', 'clock', { advanceSeconds: 450 })
    expect((await lookup()).Events).toHaveLength(25)
  })

  it('tells of it at once where the control API says so', async () => {
    const kms = running.kms(adminOf(owner))
    await kms.send(new CreateKeyCommand({}))
    expect((await lookup()).Events).toEqual([])
    await running.control('PUT', 'trail', { delaySeconds: 0 })
    expect((await lookup()).Events, 'what waited too').toHaveLength(1)
    await sleep(550)
    await kms.send(new CreateKeyCommand({}))
    expect((await lookup()).Events).toHaveLength(2)
  })

  it('has the demo’s history there from the first moment', async () => {
    await running.control('POST', 'reset', { scenario: 'demo' })
    expect((await lookup('412908835574')).Events).toHaveLength(50)
  })
})
