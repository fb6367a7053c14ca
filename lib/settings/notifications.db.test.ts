import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Actor } from '../auth/permit'
import type { Role } from '../auth/permissions'
import { freshDatabase } from '../db/test/database'
import { startReceiver, startSmtp } from '../notify/test/servers'

let asking: string | null = null
vi.mock('../auth/session', async () => {
  const { actorOf } =
    await vi.importActual<typeof import('../auth/test/signed-in')>('../auth/test/signed-in')
  return { readActor: async (): Promise<Actor | null> => (asking ? actorOf(asking) : null) }
})

const { authorize } = await import('../auth/permit')
const { notify } = await import('../notify/notify')
const { makeDeliverLoop } = await import('../notify/deliver')
const { listNotices, markRead, readBell } = await import('../notify/inbox')
const { listTroubledDeliveries, retryDelivery, sendTestMessage } = await import('./deliveries')
const { addWebhook, changeWebhook, removeWebhook, renewWebhookSecret } = await import('./webhooks')
const { readNotifications, saveNotificationChoices } = await import('./notifications')
const { db, sql } = await freshDatabase()
const [receiver, smtp] = await Promise.all([startReceiver(), startSmtp()])
afterAll(() => Promise.all([receiver.stop(), smtp.stop()]))

beforeEach(async () => {
  vi.stubEnv('NEXTAUTH_SECRET', 'a secret of at least thirty-two characters')
  vi.stubEnv('CLAVIGER_WEBHOOK_ALLOW', '127.0.0.1')
  vi.stubEnv('SMTP_URL', smtp.url)
  asking = await addPerson('admin', 'admin')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  receiver.posts.length = smtp.mails.length = 0
  await db.person.deleteMany()
  await db.delivery.deleteMany()
  await db.setting.deleteMany()
})

async function addPerson(name: string, role: Role): Promise<string> {
  return (
    await db.person.create({
      data: {
        issuer: 'i',
        subject: name,
        email: `${name}@example.com`,
        name,
        assignments: { create: { role } },
      },
    })
  ).id
}
const manage = () => authorize('settings.manage')
const read = async () => readNotifications(await authorize('settings.read'))
const audited = async () =>
  JSON.stringify(await sql.query('SELECT * FROM "AuditEntry"'), (_, value: unknown) =>
    Buffer.isBuffer(value) ? value.toString('hex') : value,
  )
const newestAudit = async () =>
  (
    await sql.query<{ event: string; data: object }>(
      'SELECT "event", "body"::jsonb->\'data\' AS data FROM "AuditEntry" ORDER BY "seq" DESC LIMIT 1',
    )
  )[0]
const secretUrl = () => `${receiver.url}/services/T000/B000/verysecretpath`

describe('a webhook', () => {
  it('shows its secret once; no database, page or audit log holds it or the address’s path', async () => {
    const { secret } = await addWebhook(await manage(), {
      name: 'ops',
      kind: 'webhook',
      url: secretUrl(),
      events: ['request.sent'],
    })
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    await changeWebhook(await manage(), {
      name: 'ops',
      url: `${receiver.url}/verysecretpath/2`,
      events: [],
    })
    const renewed = await renewWebhookSecret(await manage(), { name: 'ops' })
    expect(renewed.secret).not.toBe(secret)
    await sendTestMessage(await manage(), { webhook: 'ops' })
    await removeWebhook(await manage(), { name: 'ops' })
    const stored = JSON.stringify([await db.setting.findMany(), await read()]) + (await audited())
    for (const hidden of [secret, renewed.secret, 'verysecretpath'])
      expect(stored).not.toContain(hidden)
    expect(
      (
        await sql.query<{ event: string }>(
          `SELECT "event" FROM "AuditEntry"
            WHERE "event" LIKE 'webhook.%' OR "event" = 'notification.tested'
            ORDER BY "seq" DESC LIMIT 5`,
        )
      )
        .map(({ event }) => event)
        .toReversed(),
    ).toEqual([
      'webhook.added',
      'webhook.changed',
      'webhook.secretRenewed',
      'notification.tested',
      'webhook.removed',
    ])
  })

  it('moves to another address under the same secret', async () => {
    const { openWebhook } = await import('../notify/seal')
    const { readNotificationSettings } = await import('../notify/settings')
    const { secret } = await addWebhook(await manage(), {
      name: 'ops',
      kind: 'webhook',
      url: secretUrl(),
      events: [],
    })
    await changeWebhook(await manage(), {
      name: 'ops',
      url: `${receiver.url}/other`,
      events: ['change.failed'],
    })
    const [webhook] = (await readNotificationSettings(sql)).webhooks
    expect(openWebhook('ops', webhook?.sealed ?? '')).toEqual({
      url: `${receiver.url}/other`,
      secret,
    })
    expect((await read()).webhooks).toEqual([
      {
        name: 'ops',
        kind: 'webhook',
        origin: receiver.url,
        events: ['change.failed'],
        sendsOldSignature: false,
      },
    ])
  })

  it.each(['http://hooks.example.com/x', 'https://u:p@hooks.example.com', 'nonsense'])(
    'is refused with the address %s',
    async (url) => {
      await expect(
        addWebhook(await manage(), { name: 'x', kind: 'webhook', url, events: [] }),
      ).rejects.toMatchObject({
        code: 'invalid',
        details: { fields: { url: [expect.any(String)] } },
      })
      expect((await read()).webhooks).toEqual([])
    },
  )

  it('has a name of its own, also when two are added at the same moment', async () => {
    const permit = await manage()
    const add = (name: string) =>
      addWebhook(permit, { name, kind: 'slack', url: secretUrl(), events: [] })
    const results = await Promise.allSettled([add('ops'), add('OPS'), add('keys')])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(2)
    expect((await read()).webhooks).toHaveLength(2)
    expect((await read()).version).toBe(2)
  })

  it('keeps an old secret and its signature when it moves, until the secret is renewed', async () => {
    const { sealWebhook } = await import('../notify/seal')
    const sealed = sealWebhook('ops', { url: secretUrl(), secret: 'clvsec_of-a-year-ago' })
    const stored = { name: 'ops', kind: 'webhook', origin: receiver.url, sealed, events: [] }
    await db.setting.create({
      data: { name: 'notifications', value: { events: {}, hooks: [stored] } },
    })
    const sendsOld = async () => (await read()).webhooks.map((one) => one.sendsOldSignature)
    await changeWebhook(await manage(), { name: 'ops', url: `${receiver.url}/2`, events: [] })
    expect(await sendsOld()).toEqual([true])
    await sendTestMessage(await manage(), { webhook: 'ops' })
    const { secret } = await renewWebhookSecret(await manage(), { name: 'ops' })
    expect(secret).toMatch(/^whsec_/)
    expect(await sendsOld()).toEqual([false])
    await sendTestMessage(await manage(), { webhook: 'ops' })
    expect(receiver.posts.map(({ headers }) => 'claviger-signature' in headers)).toEqual([
      true,
      false,
    ])
    vi.stubEnv('NEXTAUTH_SECRET', 'another secret of at least thirty-two characters')
    expect(await sendsOld()).toEqual([null])
  })

  it('stays stored under the name that earlier builds read', async () => {
    await addWebhook(await manage(), { name: 'ops', kind: 'slack', url: secretUrl(), events: [] })
    const [stored] = await db.setting.findMany()
    expect(stored?.value).toEqual({ events: {}, hooks: [expect.objectContaining({ name: 'ops' })] })
  })

  it('for Slack has no secret to show', async () => {
    expect(
      await addWebhook(await manage(), {
        name: 'slack',
        kind: 'slack',
        url: secretUrl(),
        events: [],
      }),
    ).toEqual({ secret: null })
  })
})

describe('the settings', () => {
  it('decide what is sent, are audited, and are not overwritten by who saw an older version', async () => {
    const { version, choices } = await read()
    expect([
      version,
      choices.every(({ choice }) => choice.bell && choice.email === 'action'),
    ]).toEqual([0, true])
    await saveNotificationChoices(await manage(), {
      version,
      choices: { 'change.applied': { bell: false, email: 'always' } },
    })
    expect(await newestAudit()).toMatchObject({
      event: 'setting.changed',
      data: {
        name: 'notifications',
        version: 1,
        changed: {
          'change.applied': {
            from: { bell: true, email: 'action' },
            to: { bell: false, email: 'always' },
          },
        },
      },
    })
    expect((await read()).choices.find(({ event }) => event === 'change.applied')?.choice).toEqual({
      bell: false,
      email: 'always',
    })
    await expect(
      saveNotificationChoices(await manage(), { version, choices: {} }),
    ).rejects.toMatchObject({ code: 'conflict' })
    await addWebhook(await manage(), {
      name: 'ops',
      kind: 'webhook',
      url: secretUrl(),
      events: ['change.applied'],
    })
    expect(
      (await read()).choices.find(({ event }) => event === 'change.applied')?.choice.email,
    ).toBe('always')
    await notify(sql, {
      event: 'change.applied',
      requestId: null,
      title: 't',
      body: '',
      href: '/requests/1',
      to: [asking ?? ''],
      needsAction: false,
    })
    await runDeliveries()
    expect([
      receiver.posts.length,
      smtp.mails.length,
      (await readBell(await authorize('requests.read'))).unread,
    ]).toEqual([1, 1, 0])
  })

  it('are for administrators', async () => {
    asking = await addPerson('auditor', 'auditor')
    await read()
    await expect(manage()).rejects.toMatchObject({ code: 'forbidden' })
    asking = await addPerson('viewer', 'viewer')
    await expect(read()).rejects.toMatchObject({ code: 'forbidden' })
  })
})

const runDeliveries = async () => {
  const loop = makeDeliverLoop()
  await loop.claim()
  await loop.settled()
}

describe('a test message', () => {
  it('says what happened, by e-mail to whoever asks and to a webhook', async () => {
    expect(await sendTestMessage(await manage(), { webhook: null })).toEqual({ problem: null })
    expect(smtp.mails.map(({ to }) => to)).toEqual([['admin@example.com']])
    await addWebhook(await manage(), { name: 'ops', kind: 'webhook', url: secretUrl(), events: [] })
    expect(await sendTestMessage(await manage(), { webhook: 'ops' })).toEqual({ problem: null })
    vi.stubEnv('CLAVIGER_WEBHOOK_ALLOW', '')
    expect(await sendTestMessage(await manage(), { webhook: 'ops' })).toMatchObject({
      problem: expect.stringContaining('https://'),
    })
    vi.stubEnv('SMTP_URL', 'smtp://127.0.0.1:1')
    expect(await sendTestMessage(await manage(), { webhook: null })).toMatchObject({
      problem: expect.stringContaining('mail server'),
    })
    await expect(sendTestMessage(await manage(), { webhook: 'none' })).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  it('is not sent when it cannot be recorded', async () => {
    await sql.execute('ALTER TABLE "AuditEntry" ADD CONSTRAINT no_more CHECK (false) NOT VALID')
    await expect(sendTestMessage(await manage(), { webhook: null })).rejects.toThrow()
    await sql.execute('ALTER TABLE "AuditEntry" DROP CONSTRAINT no_more')
    expect(smtp.mails).toEqual([])
  })
})

it('messages that did not arrive are listed with their reason, and can be sent again', async () => {
  await db.delivery.create({
    data: {
      channel: 'webhook',
      target: 'gone',
      event: 'request.sent',
      payload: { title: 'R-1', body: '', href: '/requests/1', needsAction: true },
    },
  })
  await runDeliveries()
  const [failed] = (await listTroubledDeliveries(await authorize('settings.read'))).deliveries
  expect(failed).toMatchObject({
    target: 'gone',
    title: 'R-1',
    tries: 1,
    problem: 'This webhook was removed from the settings.',
    nextTryAt: null,
  })
  await addWebhook(await manage(), { name: 'gone', kind: 'webhook', url: secretUrl(), events: [] })
  await retryDelivery(await manage(), { id: failed?.id ?? '' })
  expect((await listTroubledDeliveries(await authorize('settings.read'))).waiting).toBe(1)
  await runDeliveries()
  expect(await listTroubledDeliveries(await authorize('settings.read'))).toEqual({
    deliveries: [],
    waiting: 0,
  })
  expect(receiver.posts).toHaveLength(1)
  await expect(retryDelivery(await manage(), { id: failed?.id ?? '' })).rejects.toMatchObject({
    code: 'not_found',
  })
})

describe('the bell', () => {
  it('shows one’s own notices alone, and nobody reads for another', async () => {
    const [ann, bob] = [await addPerson('ann', 'requester'), await addPerson('bob', 'viewer')]
    for (const title of ['one', 'two', 'three'])
      await notify(sql, {
        event: 'request.commented',
        requestId: null,
        title,
        body: '',
        href: '/requests/1',
        to: [ann],
        needsAction: false,
      })
    await notify(sql, {
      event: 'request.commented',
      requestId: null,
      title: 'his',
      body: '',
      href: '/requests/1',
      to: [bob],
      needsAction: false,
    })
    asking = ann
    const permit = await authorize('requests.read')
    const bell = await readBell(permit)
    expect([bell.unread, bell.newest.map(({ title }) => title).toSorted()]).toEqual([
      3,
      ['one', 'three', 'two'],
    ])
    await markRead(permit, { ids: [bell.newest[0]?.id ?? ''] })
    expect(await listNotices(permit, { page: 1, unreadOnly: true })).toMatchObject({
      total: 3,
      unread: 2,
      pages: 1,
    })
    asking = bob
    await markRead(await authorize('requests.read'), { ids: bell.newest.map(({ id }) => id) })
    await markRead(await authorize('requests.read'), { ids: null })
    expect((await readBell(await authorize('requests.read'))).unread).toBe(0)
    expect((await readBell(permit)).unread).toBe(2)
    await markRead(permit, { ids: null })
    expect((await readBell(permit)).unread).toBe(0)
  })

  it('pages through many, and stops counting at a hundred', async () => {
    asking = await addPerson('ann', 'viewer')
    await sql.execute(
      `INSERT INTO "Notification" ("id", "personId", "event", "title", "href")
        SELECT gen_random_uuid(), $1, 'request.sent', n::text, '/'
        FROM generate_series(1, 130) n`,
      [asking],
    )
    const permit = await authorize('requests.read')
    expect((await readBell(permit)).unread).toBe(100)
    const pages = await Promise.all(
      [1, 2, 3].map((page) => listNotices(permit, { page, unreadOnly: false })),
    )
    expect(new Set(pages.flatMap(({ notices }) => notices.map(({ id }) => id))).size).toBe(130)
    expect(pages[0]).toMatchObject({ total: 130, pages: 3 })
  })
})
