import { expect } from '@playwright/test'
import pg from 'pg'
import { product } from '../product'

/**
 * Asks the database of the product under test: only to know what must not be shown, and to whom.
 */
export async function query<T extends pg.QueryResultRow>(
  text: string,
  values: unknown[] = [],
): Promise<T[]> {
  const client = new pg.Client({ connectionString: product.databaseUrl })
  await client.connect()
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

export type KnownKey = { arn: string; accountId: string; region: string; keyId: string }

/**
 * Waits until the first sync has brought keys of the account, and gives one that a customer made.
 */
export async function someKeyOf(accountId: string): Promise<KnownKey> {
  const find = () =>
    query<KnownKey>(
      `SELECT "arn", "accountId", "region", "keyId" FROM "Key"
        WHERE "accountId" = $1 AND "keyManager" = 'CUSTOMER' ORDER BY "arn" LIMIT 1`,
      [accountId],
    )
  await expect
    .poll(async () => (await find()).length, { timeout: 90_000, message: `keys of ${accountId}` })
    .toBe(1)
  const [key] = await find()
  if (!key) throw new Error('it was there a moment ago')
  return key
}
