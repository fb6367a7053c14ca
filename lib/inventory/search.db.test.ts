import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshDatabase } from '@/lib/db/test/database'
import { searchEverything } from './search'
import { accounts, arnOf, fleet, putFleet } from './table/test/fleet'
import { scope, textual } from './table/test/any-filter'
import { nobody, permitFor } from '@/lib/auth/test/permit'

await freshDatabase()

const everything = permitFor(nobody, 'keys.read')

beforeAll(putFleet)

describe('quick search', () => {
  test('finds nothing of an account outside of the scope', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          textual,
          fc.constantFrom('1', '11', '1111', 'arn:aws:kms', 'pay', 'alias/', '0000'),
        ),
        scope,
        async (text, within) => {
          const found = await searchEverything(permitFor(nobody, 'keys.read', within), text)
          if (within.all) return
          expect(found.keys.every((key) => within.accountIds.includes(key.accountId))).toBe(true)
          expect(found.accounts.every((account) => within.accountIds.includes(account.id))).toBe(
            true,
          )
        },
      ),
      { numRuns: 80 },
    )
  })

  test('finds a key by its id, its ARN, its alias, a tag, its account', async () => {
    const key = fleet.find((one) => one.aliases?.includes('Orders') && one.tags?.team)
    if (!key) throw new Error('the sample has such a key')
    for (const text of [key.keyId, arnOf(key), key.keyId.slice(-9)])
      expect((await searchEverything(everything, text)).keys.map((one) => one.arn)).toContain(
        arnOf(key),
      )
    const byAlias = (await searchEverything(everything, 'alias/ord')).keys
    expect(byAlias[0]?.aliases[0]).toBe('alias/Orders')
    expect(byAlias.every((one) => one.aliases.includes('alias/Orders'))).toBe(true)
    expect((await searchEverything(everything, 'payments')).accounts).toEqual([accounts[0]])
  })

  test('says of what there is more than it shows, and of nothing else', async () => {
    const many = await searchEverything(everything, 'arn:aws:kms')
    expect(many.keys).toHaveLength(8)
    expect(many.more).toEqual(['keys'])
    const key = fleet[0]
    if (!key) throw new Error('the sample has keys')
    expect(await searchEverything(everything, key.keyId)).toMatchObject({
      keys: [{ keyId: key.keyId }],
      more: [],
    })
  })
})
