import 'server-only'
import fc from 'fast-check'
import { sql } from '@/lib/db/client'

/** A small fleet made by chance, the same at each run. */
export const accounts = [
  { id: '111111111111', name: 'Payments' },
  { id: '222222222222', name: 'Data 100%' },
  { id: '333333333333', name: 'a_b' },
]

export const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n)).toISOString()

export type Made = {
  keyId: string
  accountId: string
  region: string
  keyState: string | null
  aliases: string[] | null
  description: string | null
  tags: Record<string, string> | null
  grantCount: number | null
  lastUsedAt: string | null
  lastUseAt: string | null
  owner: string | null
  rotation: string
  gone: boolean
  createdAt: string | null
}

export const word = fc.constantFrom(
  'prod',
  'Orders',
  '100%',
  'a_b',
  'x\\y',
  'ü',
  "o'hara",
  'back up',
  '',
)

const made: fc.Arbitrary<Omit<Made, 'keyId'>> = fc.record({
  accountId: fc.constantFrom(...accounts.map(({ id }) => id)),
  region: fc.constantFrom('eu-west-1', 'us-east-1'),
  keyState: fc.constantFrom('Enabled', 'Disabled', null),
  aliases: fc.option(fc.uniqueArray(word.filter(Boolean), { maxLength: 3 })),
  description: fc.option(word),
  tags: fc.option(fc.dictionary(fc.constantFrom('team', 'env', 'Team'), word, { maxKeys: 3 })),
  grantCount: fc.option(fc.integer({ min: 0, max: 5 })),
  lastUsedAt: fc.option(fc.integer({ min: 0, max: 20 }).map(day)),
  lastUseAt: fc.option(fc.constant(day(30))),
  owner: fc.constant(null),
  rotation: fc.constantFrom('on', 'off', 'unknown'),
  gone: fc.boolean(),
  createdAt: fc.option(fc.integer({ min: 0, max: 20 }).map(day)),
})

export const fleet: Made[] = fc.sample(made, { numRuns: 90, seed: 7 }).map((one, n) => ({
  ...one,
  keyId: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
  lastUsedAt: one.lastUseAt ? one.lastUsedAt : null,
  owner: one.tags?.team ?? null,
}))

export const arnOf = (key: Pick<Made, 'accountId' | 'region' | 'keyId'>) =>
  `arn:aws:kms:${key.region}:${key.accountId}:key/${key.keyId}`

/** Writes the fleet into the inventory. For a database of the caller's own. */
export async function putFleet(): Promise<void> {
  for (const { id, name } of accounts)
    await sql.execute(
      `INSERT INTO "Account" (id, name, source, path, "onlyRegions") VALUES ($1, $2, 'page', '{}', '{}')`,
      [id, name],
    )
  const rows = fleet.map((key) => ({
    ...key,
    arn: arnOf(key),
    aliases: (key.aliases ?? []).map((name) => `alias/${name}`),
    aliasesAt: key.aliases && day(30),
    tagsAt: key.tags && day(30),
    describedAt: key.keyState && day(30),
    listedAt: day(30),
    listedIn: 1,
    goneAt: key.gone ? day(31) : null,
    firstSeenAt: day(0),
    missedListings: 0,
    slice: 0,
    readApart: [],
    partition: 'aws',
    problems: {},
    searchText: '',
    usageTrackedSince: day(0),
  }))
  await sql.execute(
    `INSERT INTO "Key" SELECT * FROM jsonb_populate_recordset(null::"Key", $1::jsonb)`,
    [JSON.stringify(rows)],
  )
}
