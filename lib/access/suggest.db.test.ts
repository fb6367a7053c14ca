import { expect, test } from 'vitest'
import { nobody, permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { suggestPrincipals } from './suggest'

const { db } = await freshDatabase()
const [own, other] = ['111122223333', '444455556666']

test('users and roles of a person’s accounts are suggested by every word of their ARN', async () => {
  const listed = (account: string, kind: string, name: string, goneAt: Date | null = null) => ({
    arn: `arn:aws:iam::${account}:${kind}/${name}`,
    accountId: account,
    kind,
    name,
    path: '/',
    uniqueId: `${account} ${name}`,
    details: {},
    observedAt: new Date(),
    goneAt,
  })
  await db.iamEntity.createMany({
    data: [
      listed(own, 'role', 'Orders-writer'),
      listed(own, 'user', 'orders_reader'),
      listed(own, 'group', 'orders-group'),
      listed(own, 'role', 'orders-gone', new Date()),
      listed(other, 'role', 'orders-writer'),
    ],
  })
  const names = async (text: string, scope = [own, other]) =>
    (
      await suggestPrincipals(
        permitFor(nobody, 'access.read', { all: false, accountIds: scope }),
        text,
      )
    ).map(({ accountId, name }) => `${accountId} ${name}`)
  expect(await names('ORDERS')).toHaveLength(3)
  expect(await names('orders writer', [own])).toEqual([`${own} Orders-writer`])
  expect(await names('orders_', [own]), 'a _ stands for itself').toEqual([`${own} orders_reader`])
  expect(await names('', [])).toEqual([])
})

test('a word that stands in every unique ID hides nobody whose ARN has it', async () => {
  await db.iamEntity.createMany({
    data: Array.from({ length: 301 }, (_, n) => ({
      arn: `arn:aws:iam::${own}:user/${n === 300 ? 'plaid' : `u${n}`}`,
      accountId: own,
      kind: 'user',
      name: n === 300 ? 'plaid' : `u${n}`,
      path: '/',
      uniqueId: `AIDA${String(n).padStart(16, '0')}`,
      details: {},
      observedAt: new Date(),
    })),
  })
  const found = await suggestPrincipals(permitFor(nobody, 'access.read', { all: true }), 'aid')
  expect(found.map(({ name }) => name)).toEqual(['plaid'])
})
