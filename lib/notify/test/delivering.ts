import { afterAll, afterEach, beforeEach, vi } from 'vitest'
import { freshDatabase } from '../../db/test/database'
import { makeDeliverLoop } from '../deliver'
import { sealWebhook } from '../seal'
import { settingName } from '../settings'
import { startReceiver, startSmtp, type Posted } from './servers'

type Answer = (posted: Posted) => number | Promise<number>

/** A database with nothing to deliver before each test, and servers that take what is sent. */
export async function setUpDelivery() {
  const { db, sql } = await freshDatabase()
  const smtp = await startSmtp((to) =>
    to.startsWith('nobody')
      ? '550 5.1.1 no such mailbox'
      : to.startsWith('busy')
        ? '451 try later'
        : null,
  )
  let answer: Answer = () => 200
  const receiver = await startReceiver(async (posted, response) => {
    response.writeHead(await answer(posted)).end()
  })
  afterAll(() => Promise.all([smtp.stop(), receiver.stop()]))

  beforeEach(() => {
    vi.stubEnv('SMTP_URL', smtp.url)
    vi.stubEnv('CLAVIGER_URL', 'https://claviger.example.com')
    vi.stubEnv('NEXTAUTH_SECRET', 'a secret of at least thirty-two characters')
    vi.stubEnv('CLAVIGER_WEBHOOK_ALLOW', '127.0.0.1')
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    answer = () => 200
    smtp.mails.length = receiver.posts.length = 0
    await db.delivery.deleteMany()
    await db.setting.deleteMany()
  })

  const payload = {
    title: 'R-1 waits for you',
    body: 'Ann & Bob ask.',
    href: '/requests/1',
    needsAction: true,
  }
  const queue = (channel: string, target: string, more: object = {}) =>
    db.delivery.create({ data: { channel, target, event: 'request.sent', payload, ...more } })
  /** Made before the signatures were those of Standard Webhooks: a text that is itself the key. */
  const secretOf = (name: string) =>
    name.startsWith('old')
      ? `clvsec_of ${name}`
      : `whsec_${Buffer.from(name.padEnd(32)).toString('base64')}`
  const saveWebhooks = (...names: string[]) =>
    db.setting.create({
      data: {
        name: settingName,
        value: {
          events: {},
          hooks: names.map((name) => ({
            name,
            kind: name.startsWith('slack') ? 'slack' : 'webhook',
            origin: receiver.url,
            events: [],
            sealed: sealWebhook(name, { url: `${receiver.url}/${name}`, secret: secretOf(name) }),
          })),
        },
      },
    })
  const turn = async (loop = makeDeliverLoop()) => {
    await loop.claim()
    await loop.settled()
  }
  const makeDue = () =>
    sql.execute(
      `UPDATE "Delivery" SET "nextTryAt" = now() - interval '1 second' WHERE "status" = 'queued'`,
    )
  return {
    db,
    sql,
    smtp,
    receiver,
    payload,
    secretOf,
    queue,
    saveWebhooks,
    turn,
    makeDue,
    /** What the receiver of webhooks answers, until the test ends. */
    answerWith: (given: Answer) => {
      answer = given
    },
  }
}
