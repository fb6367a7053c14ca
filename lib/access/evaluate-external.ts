import 'server-only'
import type { Tx } from '../db/client'
import { listExternal, type ExternalReach } from './external'
import { fleetColumns, weighKeys, type FleetKey, type WeighedKey } from './fleet-keys'
import type { IamFacts } from './iam-facts'
import { accountOfPrincipal } from './principal-facts'
import { readOrganization } from './read'
import { readIamOf } from './read-iam-of'
import { asOf, shareName } from './share-verdict'

/**
 * Raise it when the evaluator or `listExternal` answers otherwise than before: every
 * key is then evaluated again.
 */
export const verdictVersion = 3

export type KeyVerdict = {
  row: FleetKey
  /** Accounts other than the key's whose IAM the verdict hangs on. */
  accounts: string[]
  policyRead: boolean
  grantsRead: boolean
  reaches: ExternalReach[]
  /** Why it could not be evaluated; null: it was. */
  problem: string | null
}

/**
 * `judged`: how many verdicts were worked out; the others were those of keys that
 * differ in nothing which counts.
 */
type Evaluated = { verdicts: KeyVerdict[]; left: string[]; judged: number }

/** A key can take long to weigh: what is over this is left for the next batch. */
const patienceMs = 5_000

/**
 * Evaluates who reaches these keys from beyond their accounts, from what the transaction's snapshot
 * holds. Every account's IAM counts, whoever will read the answer, so that a fact is the same for
 * all. Keys that are gone have no verdict; `left` are those that there was no time for.
 */
export async function evaluateExternal(tx: Tx, arns: readonly string[]): Promise<Evaluated> {
  const until = performance.now() + patienceMs
  const stored = await tx.key.findMany({
    where: { arn: { in: [...arns] }, goneAt: null },
    select: fleetColumns,
    orderBy: { arn: 'asc' },
  })
  const organization = await readOrganization(tx)
  const keys = await weighKeys(stored, organization, tx)
  const since = await readPolicySince(
    tx,
    keys.map(({ row }) => row.arn),
  )
  const iam = await readIamOf(tx, keys.flatMap(foreignPrincipals))
  const facts = organization?.facts ?? null
  const shared = await openShared(tx)
  const verdicts: KeyVerdict[] = []
  let judged = 0
  for (const key of keys) {
    if (verdicts.length > 0 && performance.now() > until) break
    const sources = { iam: seenFrom(key, iam), organization: facts }
    const policySince = since.get(key.row.arn) ?? null
    const name = sources.iam.accounts.size === 0 ? shareName(key, facts) : null
    verdicts.push(
      judgeKey(key, () => {
        const same = name === null ? undefined : shared.get(name)
        if (same) return asOf(same, key.row.arn, policySince)
        judged += 1
        const reaches = listExternal(sources, standing(key), policySince)
        if (name !== null) shared.set(name, reaches)
        return reaches
      }),
    )
    if (verdicts.length % 25 === 0) await breathe()
  }
  return { verdicts, judged, left: keys.slice(verdicts.length).map(({ row }) => row.arn) }
}

/** Verdicts that other keys can share, as long as the organization says the same. */
let sharing: { organization: string; verdicts: Map<string, ExternalReach[]> } | null = null
const mostShared = 20_000

async function openShared(tx: Tx): Promise<Map<string, ExternalReach[]>> {
  const [input] = await tx.query<{ digest: string | null }>(
    `SELECT digest FROM derived.access_input WHERE name = 'organization'`,
  )
  const organization = input?.digest ?? ''
  const isOver =
    sharing === null || sharing.organization !== organization || sharing.verdicts.size > mostShared
  if (sharing === null || isOver) sharing = { organization, verdicts: new Map() }
  return sharing.verdicts
}

function judgeKey(key: WeighedKey, judge: () => ExternalReach[]): KeyVerdict {
  const { row, facts } = key
  const verdict = {
    row,
    accounts: accountsOf(key),
    policyRead: facts.policy !== null,
    grantsRead: facts.grants !== null,
  }
  try {
    return { ...verdict, reaches: judge(), problem: null }
  } catch (error) {
    // One odd document must not keep every other key from being evaluated.
    return {
      ...verdict,
      reaches: [],
      problem: error instanceof Error ? error.message : String(error),
    }
  }
}

const foreignPrincipals = ({ row, named }: WeighedKey): string[] =>
  [...named].filter((id) => (accountOfPrincipal(id) ?? row.accountId) !== row.accountId)

const accountsOf = (key: WeighedKey): string[] =>
  [...new Set(foreignPrincipals(key).flatMap((id) => accountOfPrincipal(id) ?? []))].sort()

/**
 * Of IAM a key sees the accounts it names: what others in its batch name
 * must not change its answer.
 */
function seenFrom(key: WeighedKey, iam: IamFacts): IamFacts {
  return { ...iam, accounts: new Set(accountsOf(key).filter((id) => iam.accounts.has(id))) }
}

/**
 * The key without what changes by itself from day to day: a fact stands until an input is written.
 * Whether a condition on kms:TrailingDaysWithoutKeyUsage is met stays open.
 */
const standing = (key: WeighedKey): WeighedKey => ({
  ...key,
  facts: { ...key.facts, trailingDaysWithoutUsage: undefined },
})

/**
 * When the policy that is in force now was put, where the trail has the last call between the reads
 * of the one before and of this one (a minute apart at most); else when it was first read.
 */
async function readPolicySince(
  tx: Tx,
  arns: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await tx.query<{ keyArn: string; since: Date }>(
    `WITH newest AS (
       SELECT DISTINCT ON ("keyArn") "keyArn", "firstSeenAt" AS first,
         lag("lastSeenAt") OVER (PARTITION BY "keyArn" ORDER BY "firstSeenAt", "id") AS before
       FROM "PolicyVersion" WHERE "keyArn" = ANY($1) ORDER BY "keyArn", "firstSeenAt" DESC, "id" DESC)
     SELECT n."keyArn", coalesce(put.at, n.first) AS "since" FROM newest n
     CROSS JOIN LATERAL (
       SELECT max(e.occurred_at) AS at FROM trail.event e
       WHERE NOT e.is_use AND lower(e.key_arn) = lower(n."keyArn")
         AND e.occurred_at > n.before - interval '1 minute'
         AND e.occurred_at <= n.first + interval '1 minute'
         AND e.operation = 'PutKeyPolicy' AND e.outcome = 'success') put`,
    [arns],
  )
  return new Map(rows.map(({ keyArn, since }) => [keyArn, since.toISOString()]))
}

/** Lets the other loops of the process have their turn. */
const breathe = () => new Promise<void>((resolve) => setImmediate(resolve))
