import { query, type KnownKey } from '../support/inventory'
import { dataAccount, type Who } from '../support/people'
import { sessionOf } from '../support/session'

/** Those who see one account alone. */
export const scopedPeople: readonly Who[] = [
  'data-viewer',
  'data-auditor',
  'data-requester',
  'data-approver',
  'data-key-administrator',
  'data-admin',
]
/** Who asks; null: nobody signed in. */
export type Asker = Who | null
export const askers: readonly Asker[] = [
  null,
  'viewer',
  'auditor',
  'requester',
  'approver',
  'key-administrator',
  'admin',
  'newcomer',
  ...scopedPeople,
]

export type World = {
  own: KnownKey[]
  foreign: KnownKey[]
  /** What only somebody with more than the one account may read. */
  foreignNeedles: string[]
  /** Of these, what the campaign itself has written somewhere. */
  told: Set<string>
  /** What only somebody signed in may read, */
  allNeedles: string[]
  /** and what of it takes a role: without one a person is told whom to ask. */
  roleNeedles: string[]
  /** Ids and ARNs that exist, to be put where others belong. */
  real: string[]
  cookies: ReadonlyMap<Who, string>
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Keys of several accounts, once the first sweep brings no more. */
async function readKeys(): Promise<KnownKey[]> {
  for (let before = -1, until = Date.now() + 120_000; Date.now() < until; await sleep(2_000)) {
    const keys = await query<KnownKey>(
      `SELECT "arn", "accountId", "region", "keyId" FROM "Key" WHERE "keyManager" = 'CUSTOMER' ORDER BY "arn"`,
    )
    const accounts = new Set(keys.map(({ accountId }) => accountId))
    if (accounts.size > 2 && accounts.has(dataAccount) && keys.length === before) return keys
    before = keys.length
  }
  throw new Error('the first sweep brought no keys')
}

const column = async (text: string): Promise<string[]> =>
  (await query<{ text: string }>(text))
    .map((row) => row.text)
    .filter((one) => one && one.length > 6)

/**
 * Texts of other accounts that stand nowhere in the one: not in its
 * policies, grants, aliases or tags.
 */
async function readForeignNeedles(): Promise<string[]> {
  const abroad = `"accountId" <> '${dataAccount}'`
  const texts = await column(`
    SELECT "arn" AS text FROM "Key" WHERE ${abroad} UNION SELECT "keyId" FROM "Key" WHERE ${abroad}
    UNION SELECT unnest("aliases") FROM "Key" WHERE ${abroad} UNION SELECT "grantId" FROM "Grant" WHERE ${abroad}
    UNION SELECT "name" FROM "Account" WHERE "id" <> '${dataAccount}'`)
  const own = (
    await column(`
    SELECT coalesce(p."text", '') || array_to_string(k."aliases", ' ')
      || coalesce(k."tags"::text, '') || coalesce(k."description", '')
      || k."arn" AS text
    FROM "Key" k LEFT JOIN "PolicyDocument" p ON p."hash" = k."policyHash" WHERE k."accountId" = '${dataAccount}'
    UNION SELECT g::text FROM "Grant" g WHERE "accountId" = '${dataAccount}'
    UNION SELECT "details"::text || "arn" FROM "IamEntity" WHERE "accountId" IN ('${dataAccount}', 'aws')`)
  ).join('\n')
  return texts.filter((text) => !own.includes(text) && !text.startsWith('alias/aws/'))
}

/**
 * Tells whether CloudTrail told the one account of it: its record of a call to a key of another
 * account names that key. Events come as long as the campaign runs.
 */
export async function isInOwnTrail(needle: string): Promise<boolean> {
  const found = await query(
    'SELECT 1 FROM trail.event WHERE account_id = $1 AND strpos(record, $2) > 0 LIMIT 1',
    [dataAccount, needle],
  )
  return found.length > 0
}

const cookieOf = async (who: Who): Promise<string> =>
  (await sessionOf(who)).cookies
    .filter(({ name }) => name.endsWith('.session'))
    .map(({ name, value }) => `${name}=${value}`)
    .join('; ')

/** Signs everybody in and learns what is there. */
export async function readWorld(): Promise<World> {
  const keys = await readKeys()
  const cookies = new Map<Who, string>()
  for (const who of askers) if (who) cookies.set(who, await cookieOf(who))
  const foreignNeedles = await readForeignNeedles()
  const people = await column(
    'SELECT "email" AS text FROM "Person" UNION SELECT "id"::text FROM "Person"',
  )
  const everything = await column(
    'SELECT "arn" AS text FROM "Key" UNION SELECT "grantId" FROM "Grant"',
  )
  const ids = await column(
    'SELECT "id"::text AS text FROM "Request" UNION SELECT "id"::text FROM "Change"',
  )
  return {
    own: keys.filter(({ accountId }) => accountId === dataAccount),
    foreign: keys.filter(({ accountId }) => accountId !== dataAccount),
    foreignNeedles,
    told: new Set(),
    allNeedles: [...everything, ...people],
    roleNeedles: everything,
    cookies,
    real: [
      ...everything.slice(0, 200),
      ...people,
      ...ids,
      ...keys.slice(0, 50).flatMap(({ accountId, keyId }) => [accountId, keyId]),
    ],
  }
}
