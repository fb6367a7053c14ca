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
