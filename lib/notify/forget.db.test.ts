import { expect, it } from 'vitest'
import { forgetOldNotices } from './forget'
import { setUpDelivery } from './test/delivering'

const { db, queue } = await setUpDelivery()

it('forgets what nobody looks at any more, and nothing else', async () => {
  const old = new Date(Date.now() - 100 * 86_400_000)
  const person = await db.person.create({
    data: { issuer: 'i', subject: 's', email: 'a@example.com', name: 'Ann' },
  })
  const rung = (readAt: Date | null) =>
    db.notification.create({
      data: {
        personId: person.id,
        event: 'request.sent',
        title: 't',
        href: '/',
        createdAt: old,
        readAt,
      },
    })
  await Promise.all([
    rung(old),
    rung(null),
    queue('email', 'a', { status: 'sent', sentAt: old }),
    queue('email', 'b', { status: 'failed', createdAt: old }),
    queue('email', 'c', { createdAt: old }),
  ])
  await forgetOldNotices()
  expect(await db.notification.count({ where: { readAt: null } })).toBe(1)
  expect(await db.notification.count()).toBe(1)
  expect((await db.delivery.findMany()).map(({ target }) => target)).toEqual(['c'])
})
