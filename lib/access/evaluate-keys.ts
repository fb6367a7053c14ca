import 'server-only'
import { sql, transaction, type Sql, type Tx } from '../db/client'
import { storableJson } from '../storable'
import { abilities } from './abilities'
import { evaluateExternal, verdictVersion, type KeyVerdict } from './evaluate-external'

/** Any number will do that no other advisory lock of the console has. */
const lockNumber = 7_210_001
const batch = 300
/** SQLSTATE of a transaction whose snapshot was overtaken. */
const overtaken = '40001'

/**
 * Evaluates some of the keys that are marked, and marks those whose shared inputs changed. Several
 * workers can call it: one at a time evaluates. True: there might be more to do at once. False also
 * for a batch that an input overtook: it is done again after a pause, since what changed an input
 * often goes on changing it.
 */
export async function evaluateMarkedKeys(): Promise<boolean> {
  return (await evaluateOnce()) === 'more'
}

/** Returns 0 when a key is marked or what one hangs on has changed; null when nothing is to do. */
export async function evaluationDueMs(): Promise<0 | null> {
  const [row] = await sql.query<{ isDue: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM derived.access_mark) OR EXISTS (SELECT 1 FROM derived.access_input
       WHERE version > spread OR name = 'verdict' AND version < $1) AS "isDue"`,
    [verdictVersion],
  )
  return row?.isDue ? 0 : null
}

/** Evaluates until no key is marked. */
export async function evaluateAllMarked(): Promise<void> {
  while ((await evaluateOnce()) !== 'done');
}

async function evaluateOnce(): Promise<'more' | 'done' | 'overtaken'> {
  await spreadInputs()
  try {
    const options = { isolationLevel: 'RepeatableRead', timeoutMs: 60_000 } as const
    return (await transaction(evaluateBatch, options)) ? 'more' : 'done'
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === overtaken) return 'overtaken'
    throw error
  }
}

type Input = { name: string; version: number }

/**
 * Marks every key whose verdict hangs on an input that has changed: IAM of an account, the
 * organization, the evaluator.
 */
async function spreadInputs(): Promise<void> {
  await transaction(async (tx) => {
    await tx.execute(
      `UPDATE derived.access_input SET version = $1, changed_at = clock_timestamp()
        WHERE name = 'verdict' AND version < $1`,
      [verdictVersion],
    )
    const changed = await tx.query<Input>(
      'SELECT name, version FROM derived.access_input WHERE version > spread ORDER BY name FOR UPDATE SKIP LOCKED',
    )
    if (changed.length === 0) return
    const names = sql`${changed.map(({ name }) => name)}::text[]`
    await tx.execute(
      sql`INSERT INTO derived.access_mark (key_arn, account)
       SELECT k.key_arn, k.account FROM derived.access_key k WHERE ${hangsOn(names)}`,
    )
    await tx.execute('UPDATE derived.access_input SET spread = version WHERE name = ANY($1)', [
      changed.map(({ name }) => name),
    ])
  })
}

/**
 * Does the verdict of `derived.access_key k` hang on one of these inputs? Policies that AWS manages
 * are kept as an account named "aws", and any principal of another account can hold them.
 */
export const hangsOn = (names: Sql): Sql =>
  sql`('organization' = ANY(${names}) OR 'verdict' = ANY(${names})
    OR k.accounts <> '{}' AND ('iam:aws' = ANY(${names}) OR k.accounts && ARRAY(
      SELECT substr(name, 5) FROM unnest(${names}) name WHERE name LIKE 'iam:%')))`

async function evaluateBatch(tx: Tx): Promise<boolean> {
  const [lock] = await tx.query<{ isMine: boolean }>(
    'SELECT pg_try_advisory_xact_lock($1) AS "isMine"',
    [lockNumber],
  )
  if (!lock?.isMine) return false
  const marked = await tx.query<{ arn: string }>(
    `SELECT DISTINCT key_arn AS arn FROM (SELECT key_arn FROM derived.access_mark ORDER BY id LIMIT ${batch}) m`,
  )
  if (marked.length === 0) return false
  const arns = marked.map(({ arn }) => arn)
  const { verdicts, left } = await evaluateExternal(tx, arns)
  await holdInputs(tx, [...new Set(verdicts.flatMap(({ accounts }) => accounts))])
  const skipped = new Set(left)
  const done = arns.filter((arn) => !skipped.has(arn))
  await storeVerdicts(tx, done, verdicts)
  // Those that the snapshot saw: a mark set since then stands, and the key is evaluated again.
  await tx.execute('DELETE FROM derived.access_mark WHERE key_arn = ANY($1)', [done])
  return true
}

/**
 * Keeps the shared inputs of these verdicts from changing until they are stored. PostgreSQL refuses
 * the whole transaction when one has changed since its snapshot; one that changes later finds the
 * stored keys and marks them. Only inputs that a verdict hangs on (`hangsOn`) are held: others
 * change often, and would refuse it for nothing.
 */
async function holdInputs(tx: Tx, accounts: readonly string[]): Promise<void> {
  const iam = accounts.length > 0 ? ['aws', ...accounts].map((id) => `iam:${id}`) : []
  const names = ['organization', 'verdict', ...iam]
  await tx.execute(
    `INSERT INTO derived.access_input (name) SELECT n FROM unnest($1::text[]) n ORDER BY n ON CONFLICT DO NOTHING`,
    [names],
  )
  await tx.query(
    'SELECT name FROM derived.access_input WHERE name = ANY($1) ORDER BY name FOR SHARE',
    [names],
  )
}

async function storeVerdicts(
  tx: Tx,
  arns: readonly string[],
  verdicts: readonly KeyVerdict[],
): Promise<void> {
  const keys = verdicts.map(({ row, accounts, policyRead, grantsRead, problem }) => ({
    key_arn: row.arn,
    account: row.accountId,
    accounts,
    policy_read: policyRead,
    grants_read: grantsRead,
    problem,
  }))
  await tx.execute(
    'DELETE FROM derived.access_key WHERE key_arn = ANY($1) AND NOT key_arn = ANY($2)',
    [arns, keys.map(({ key_arn: arn }) => arn)],
  )
  await tx.execute(
    `INSERT INTO derived.access_key (key_arn, account, accounts, policy_read, grants_read, problem, evaluated_at)
     SELECT k.key_arn, k.account, k.accounts, k.policy_read, k.grants_read, k.problem, claviger_now()
     FROM jsonb_to_recordset($1::jsonb)
       k(key_arn text, account text, accounts text[], policy_read boolean, grants_read boolean, problem text)
     ON CONFLICT (key_arn) DO UPDATE SET account = excluded.account, accounts = excluded.accounts,
       policy_read = excluded.policy_read, grants_read = excluded.grants_read, problem = excluded.problem,
       evaluated_at = excluded.evaluated_at`,
    [storableJson(keys)],
  )
  await storeReaches(tx, arns, verdicts.flatMap(toFacts))
}

type Fact = ReturnType<typeof toFacts>[number]

const orderOfAbilities = new Map(abilities.map(({ id }, at) => [id, at]))

function toFacts({ row, reaches }: KeyVerdict) {
  return reaches.map((reach) => ({
    key_arn: row.arn,
    principal: reach.principal,
    account: row.accountId,
    region: row.region,
    name: reach.name,
    aliases: row.aliases,
    principal_account: reach.principalAccount,
    nearness: reach.nearness,
    abilities: reach.abilities
      .map(({ id }) => id)
      .toSorted((a, b) => (orderOfAbilities.get(a) ?? 0) - (orderOfAbilities.get(b) ?? 0)),
    roads: [...new Set(reach.through.map(({ kind }) => kind))].sort(),
    basis: reach.basis,
    reach,
    search_text: [reach.principal, reach.name, row.arn, ...row.aliases, ...reach.conditions]
      .join('\n')
      .toLowerCase(),
    since: reach.through.flatMap(({ since }) => since ?? []).sort()[0] ?? null,
  }))
}

/** Facts of these keys become the given ones; `since` of a fact that stays is kept. */
async function storeReaches(
  tx: Tx,
  arns: readonly string[],
  facts: readonly Fact[],
): Promise<void> {
  const json = storableJson(facts)
  await tx.execute(
    `DELETE FROM derived.external_reach e WHERE e.key_arn = ANY($1) AND NOT EXISTS (
       SELECT 1 FROM jsonb_to_recordset($2::jsonb) f(key_arn text, principal text)
       WHERE f.key_arn = e.key_arn AND f.principal = e.principal)`,
    [arns, json],
  )
  await tx.execute(
    `INSERT INTO derived.external_reach (key_arn, principal, account, region, name, aliases,
      principal_account, nearness, abilities,
       roads, basis, reach, search_text, since, evaluated_at)
     SELECT f.key_arn, f.principal, f.account, f.region, f.name, f.aliases, f.principal_account,
       f.nearness, f.abilities,
       f.roads, f.basis, f.reach, f.search_text, coalesce(f.since, claviger_now()), claviger_now()
     FROM jsonb_to_recordset($1::jsonb) f(key_arn text, principal text, account text, region text, name text,
       aliases text[], principal_account text, nearness text, abilities text[], roads text[],
         basis text, reach jsonb, search_text text,
       since timestamptz)
     ON CONFLICT (key_arn, principal) DO UPDATE SET account = excluded.account, region = excluded.region,
       name = excluded.name, aliases = excluded.aliases,
         principal_account = excluded.principal_account, nearness = excluded.nearness,
       abilities = excluded.abilities, roads = excluded.roads, basis = excluded.basis, reach = excluded.reach,
       search_text = excluded.search_text, evaluated_at = excluded.evaluated_at`,
    [json],
  )
}
