import 'server-only'
import { db, type Tx } from '../db/client'
import type { Prisma } from '../db/generated/client'
import type { Grant } from '../policy/grants'
import { namedBy } from './candidates'
import type { KeyFacts } from './key-facts'
import { parsedPolicy } from './parsed'
import { factsOfKey, readGrantsOf, type KeyPart, type Read } from './read'
import type { OrganizationFacts } from './organization-facts'

export type FleetKey = KeyPart & {
  keyId: string
  region: string
  aliases: string[]
  policyHash: string | null
  policyAt: string | null
  grantsAt: string | null
}
export type WeighedKey = {
  row: FleetKey
  facts: KeyFacts
  named: ReadonlySet<string>
  grants: readonly (Grant & { CreationDate?: Date })[]
}

export const fleetColumns = {
  arn: true,
  accountId: true,
  region: true,
  keyId: true,
  aliases: true,
  aliasesAt: true,
  keyState: true,
  keySpec: true,
  keyUsage: true,
  origin: true,
  keyManager: true,
  scope: true,
  tags: true,
  policyHash: true,
  policyAt: true,
  grantsAt: true,
  lastUsedAt: true,
  usageTrackedSince: true,
  lastUseAt: true,
  createdAt: true,
} as const

type Stored = Prisma.KeyGetPayload<{ select: typeof fleetColumns }>

const iso = (at: Date | null) => at?.toISOString() ?? null

function toFleetKey({
  aliasesAt,
  tags,
  policyAt,
  grantsAt,
  lastUsedAt,
  usageTrackedSince,
  lastUseAt,
  createdAt,
  ...rest
}: Stored): FleetKey {
  const texts =
    typeof tags === 'object' && tags !== null && !Array.isArray(tags)
      ? Object.fromEntries(Object.entries(tags).map(([name, text]) => [name, String(text)]))
      : null
  return {
    ...rest,
    tags: texts,
    aliasesAt: iso(aliasesAt),
    policyAt: iso(policyAt),
    grantsAt: iso(grantsAt),
    lastUsedAt: iso(lastUsedAt),
    usageTrackedSince: iso(usageTrackedSince),
    lastUseAt: iso(lastUseAt),
    createdAt: iso(createdAt),
  }
}

/**
 * Makes keys ready to be asked about: policies and grants of all of them in two reads. `among`: the
 * only grants that matter, by id.
 */
export async function weighKeys(
  stored: readonly Stored[],
  organization: Read<OrganizationFacts> | null,
  from: Pick<Tx, 'policyDocument' | 'grant'> = db,
  among?: readonly string[],
): Promise<WeighedKey[]> {
  const rows = stored.map(toFleetKey)
  const hashes = [...new Set(rows.flatMap(({ policyHash }) => policyHash ?? []))]
  const [policies, grants] = await Promise.all([
    from.policyDocument.findMany({ where: { hash: { in: hashes } } }),
    readGrantsOf(
      rows.map(({ arn }) => arn),
      from,
      among,
    ),
  ])
  const texts = new Map(policies.map(({ hash, text }) => [hash, text]))
  return rows.map((row) => {
    const text = texts.get(row.policyHash ?? '')
    const document = text === undefined ? null : parsedPolicy(text, 'key')
    const own = grants.get(row.arn) ?? []
    const known = row.grantsAt === null ? null : own
    return {
      row,
      facts: factsOfKey(row, document, known, organization),
      named: namedBy(document, known),
      grants: own,
    }
  })
}
