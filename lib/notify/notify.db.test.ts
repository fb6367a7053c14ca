import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freshDatabase } from '../db/test/database'
import type { Queryable } from '../db/client'
import { notify, type Notice } from './notify'
import { settingName } from './settings'

const { db, sql, transaction } = await freshDatabase()

beforeEach(() => {
  vi.stubEnv('SMTP_URL', 'smtp://localhost:2525')
})
afterEach(async () => {
  vi.unstubAllEnvs()
  await db.person.deleteMany()
  await db.delivery.deleteMany()
  await db.setting.deleteMany()
})

const addPerson = async (name: string, more: { email?: string; disabledAt?: Date } = {}) =>
  (
    await db.person.create({
      data: { issuer: 'i', subject: name, email: `${name}@example.com`, name, ...more },
    })
  ).id
const notice = (to: string[], more: Partial<Notice> = {}): Notice => ({
  event: 'request.sent',
  requestId: null,
  title: 'R-1 waits for you',
  body: 'Ann asks for a grant.',
  href: '/requests/1',
  to,
  needsAction: true,
  ...more,
})
const webhook = (name: string, events: string[]) => ({
  name,
  kind: 'webhook',
  origin: 'https://hooks.example.com',
  sealed: 'x',
  events,
})
const saveSettings = (value: object) => db.setting.create({ data: { name: settingName, value } })
const outgoing = async () =>
  (await db.delivery.findMany({ orderBy: { target: 'asc' } })).map(
    ({ channel, target }) => `${channel} ${target}`,
  )

describe('a notice', () => {
  it('that needs an action rings the bell and sends an e-mail, once per person and address', async () => {
    const [ann, twin, gone] = [
      await addPerson('ann'),
      await addPerson('twin', { email: 'ANN@example.com' }),
      await addPerson('gone', { disabledAt: new Date() }),
    ]
    await transaction((tx) => notify(tx, notice([ann, ann, twin, gone])))
    const rows = await db.notification.findMany()
    expect(rows.map(({ personId }) => personId).toSorted()).toEqual([ann, twin].toSorted())
    expect(rows[0]).toMatchObject({
      event: 'request.sent',
      title: 'R-1 waits for you',
      href: '/requests/1',
      readAt: null,
    })
    expect(await outgoing()).toEqual(['email ann@example.com'])
  })

  it('that needs none rings the bell only, unless the settings say otherwise', async () => {
    const ann = await addPerson('ann')
    await transaction((tx) => notify(tx, notice([ann], { needsAction: false })))
    expect(await db.notification.count()).toBe(1)
    expect(await outgoing()).toEqual([])
    await saveSettings({ events: { 'request.sent': { bell: false, email: 'always' } }, hooks: [] })
    await transaction((tx) => notify(tx, notice([ann], { needsAction: false })))
    expect(await db.notification.count()).toBe(1)
    expect(await outgoing()).toEqual(['email ann@example.com'])
  })

  it('goes to the webhooks that want its event, with nobody to tell too, and to no other', async () => {
    await saveSettings({
      events: {},
      hooks: [webhook('ops', ['request.sent']), webhook('other', ['change.failed'])],
    })
    await transaction((tx) => notify(tx, notice([])))
    expect(await outgoing()).toEqual(['webhook ops'])
  })

  it('without a mail server queues no e-mail', async () => {
    vi.stubEnv('SMTP_URL', '')
    await transaction(async (tx) => notify(tx, notice([await addPerson('ann')])))
    expect(await outgoing()).toEqual([])
  })

  it.each([
    '',
    'ann',
    'ann@example.com, bob@example.com',
    'Ann <ann@example.com>',
    'ann@example.com\nBcc: x@example.com',
  ])('writes to one plain address or to none: %j', async (email) => {
    await transaction(async (tx) => notify(tx, notice([await addPerson('ann', { email })])))
    expect([await db.notification.count(), await outgoing()]).toEqual([1, []])
  })

  it('is gone with the transaction it tells of', async () => {
    const ann = await addPerson('ann')
    await expect(
      transaction(async (tx) => {
        await notify(tx, notice([ann]))
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect([await db.notification.count(), await db.delivery.count()]).toEqual([0, 0])
  })

  it('takes two statements for a thousand people, and one when there is nothing to send', async () => {
    await sql.execute(
      `INSERT INTO "Person" ("id", "issuer", "subject", "email", "name")
        SELECT gen_random_uuid(), 'i', n::text, n || '@example.com', n::text
        FROM generate_series(1, 1000) n`,
    )
    const everyone = (await db.person.findMany()).map(({ id }) => id)
    let statements = 0
    const counting: Queryable = {
      query: (...all) => {
        statements++
        return sql.query(...all)
      },
      execute: (...all) => {
        statements++
        return sql.execute(...all)
      },
    }
    await notify(counting, notice(everyone))
    expect([statements, await db.notification.count(), await db.delivery.count()]).toEqual([
      2, 1000, 1000,
    ])
    await notify(counting, notice([]))
    expect(statements).toBe(3)
  })

  it('survives settings that cannot be read: the standard holds', async () => {
    await saveSettings({ events: 'all of them' })
    await transaction(async (tx) => notify(tx, notice([await addPerson('ann')])))
    expect(await outgoing()).toEqual(['email ann@example.com'])
  })

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', ''])(
    'never links out of the console: %j',
    async (href) => {
      await expect(notify(sql, notice([], { href }))).rejects.toThrow('path of the console')
    },
  )
})
