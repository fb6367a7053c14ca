import { describe, expect, it, vi } from 'vitest'
import { makeDeliverLoop } from './deliver'
import { sealWebhook } from './seal'
import { settingName } from './settings'
import { setUpDelivery } from './test/delivering'
import { startReceiver } from './test/servers'

const { db, sql, smtp, receiver, payload, queue, saveWebhooks, turn, answerWith } =
  await setUpDelivery()

describe('several workers', () => {
  it('send each message once', async () => {
    await saveWebhooks('ops')
    await db.delivery.createMany({
      data: Array.from({ length: 120 }, () => ({
        channel: 'webhook',
        target: 'ops',
        event: 'request.sent',
        payload,
      })),
    })
    const workers = [makeDeliverLoop(), makeDeliverLoop(), makeDeliverLoop()]
    while ((await db.delivery.count({ where: { status: 'queued' } })) > 0)
      await Promise.all(workers.map(turn))
    expect(receiver.posts).toHaveLength(120)
    expect(new Set(receiver.posts.map(({ headers }) => headers['webhook-id'])).size).toBe(120)
    expect(await db.delivery.count({ where: { status: 'sent', attempt: 1 } })).toBe(120)
  })

  it('take over what a lost one held, when its lease is over and not before', async () => {
    await saveWebhooks('ops')
    const { id } = await queue('webhook', 'ops', {
      attempt: 1,
      leaseUntil: new Date(Date.now() + 60_000),
    })
    await turn()
    expect(receiver.posts).toHaveLength(0)
    await sql.execute(`UPDATE "Delivery" SET "leaseUntil" = now() - interval '1 second'`)
    await turn()
    expect(receiver.posts).toHaveLength(1)
    expect(await db.delivery.findUnique({ where: { id } })).toMatchObject({
      status: 'sent',
      attempt: 2,
    })
  })

  it('leave the last word to who holds the lease: a slow one concludes nothing', async () => {
    await saveWebhooks('ops')
    const { id } = await queue('webhook', 'ops')
    // While the slow worker's message is under way, another takes the row over.
    let release: (status: number) => void = () => {}
    const status = new Promise<number>((done) => {
      release = done
    })
    answerWith(() => status)
    const slow = makeDeliverLoop()
    await slow.claim()
    await sql.execute(
      `UPDATE "Delivery" SET "attempt" = "attempt" + 1, "leaseUntil" = now() + interval '60 seconds' WHERE "id" = $1`,
      [id],
    )
    release(500)
    await slow.settled()
    expect(await db.delivery.findUnique({ where: { id } })).toMatchObject({
      status: 'queued',
      tries: 0,
      problem: null,
      attempt: 2,
    })
  })

  it('are not held up by webhooks that hang: e-mail goes on', async () => {
    const silent = await startReceiver(() => {})
    await db.setting.create({
      data: {
        name: settingName,
        value: {
          events: {},
          hooks: [
            {
              name: 'silent',
              kind: 'webhook',
              origin: 'x',
              events: [],
              sealed: sealWebhook('silent', { url: silent.url, secret: 's' }),
            },
          ],
        },
      },
    })
    await db.delivery.createMany({
      data: Array.from({ length: 40 }, () => ({
        channel: 'webhook',
        target: 'silent',
        event: 'request.sent',
        payload,
      })),
    })
    await queue('email', 'ann@example.com')
    const loop = makeDeliverLoop()
    await loop.claim()
    await vi.waitFor(() => expect(smtp.mails).toHaveLength(1), { timeout: 8_000 })
    expect(
      (await db.delivery.count({ where: { status: 'sent' } })) +
        (await db.delivery.count({ where: { leaseUntil: { not: null } } })),
    ).toBeLessThanOrEqual(20)
    await silent.stop()
    await loop.settled()
  })
})
