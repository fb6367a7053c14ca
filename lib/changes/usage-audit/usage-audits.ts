import 'server-only'
import { createHash } from 'node:crypto'
import { appendAudit } from '../../audit/append'
import type { Scope } from '../../auth/permissions'
import type { Permit } from '../../auth/permit'
import { db, sql, transaction } from '../../db/client'
import { readClock } from '../../db/clock'
import type { UsageAudit } from '../../db/generated/client'
import { AppError } from '../../errors'
import { accountNames } from '../../inventory/read'
import { accountOfArn } from '../../kms/arn'
import { toCanonical } from '../kinds/hash'
import { chooseKeys, type Choice } from './choose-keys'
import { callsOf, numberOf, periodOf, type Content } from './content'
import { csvOf } from './csv'
import { differencesOf, type SectionDifference } from './differences'
import { readContent } from './read-content'

type Permitted = Permit<'trail.audit'>

/** A year and its leap day. */
const longestDays = 366
const dayMs = 86_400_000
const shown = 100

const hashOf = (content: string) => createHash('sha256').update(content).digest('hex')

/** One look for all statements: what comes meanwhile is of the next one. */
const oneLook = { isolationLevel: 'RepeatableRead', timeoutMs: 60_000 } as const

/**
 * Makes a usage audit and keeps it with its parameters and hash. Returns its id.
 * @throws AppError invalid for a period that is not over or too long, and as `chooseKeys` and
 *   `readContent` do.
 */
export async function makeUsageAudit(
  permit: Permitted,
  { title, ...choice }: Choice & { title: string },
): Promise<string> {
  requirePeriod(choice, await readClock())
  const parameters = { ...choice, keyArns: await chooseKeys(permit.scope, choice) }
  const content = toCanonical(await transaction((tx) => readContent(tx, parameters), oneLook))
  return transaction(async (tx) => {
    const accountIds = [...new Set(parameters.keyArns.map(accountOfArn))].sort()
    const { actor } = permit
    const made = await tx.usageAudit.create({
      data: {
        title,
        parameters: { ...parameters },
        accountIds,
        content,
        hash: hashOf(content),
        madeById: actor.id,
        madeBy: actor.name,
      },
    })
    const { from, until } = parameters
    await appendAudit(tx, {
      event: 'usageAudit.made',
      actor,
      data: {
        usageAudit: made.id,
        number: numberOf(made.number),
        keys: parameters.keyArns.length,
        from,
        until,
        hash: made.hash,
      },
    })
    return made.id
  })
}

function requirePeriod(choice: Choice, now: Date) {
  const [from, until] = periodOf(choice)
  if (!(from < until)) throw new AppError('invalid', 'The period ends before it begins.')
  if (until.getTime() - from.getTime() > longestDays * dayMs)
    throw new AppError('invalid', `A period has at most ${longestDays} days.`)
  if (until > now)
    throw new AppError(
      'invalid',
      'The period ends yesterday (UTC) at the latest: a day that is not over cannot be counted the same again.',
    )
}

const visible = (scope: Scope) =>
  scope.all ? sql`true` : sql`u."accountIds" <@ ${scope.accountIds}::text[]`

export type AuditRow = Pick<UsageAudit, 'id' | 'title' | 'madeBy' | 'hash' | 'checkedHash'> & {
  name: string
  from: string
  until: string
  keys: number
  madeAt: string
}

/** The newest usage audits of which the person sees all accounts. */
export async function listUsageAudits({ scope }: Permitted): Promise<AuditRow[]> {
  type Stored = Omit<AuditRow, 'name' | 'madeAt'> & { number: number; madeAt: Date }
  const rows = await sql.query<Stored>(
    sql`SELECT u.id, u.number, u.title, u."madeBy", u.hash, u."checkedHash", u."madeAt",
       u.parameters ->> 'from' AS "from", u.parameters ->> 'until' AS until,
       jsonb_array_length(u.parameters -> 'keyArns') AS keys
     FROM "UsageAudit" u WHERE ${visible(scope)} ORDER BY u."madeAt" DESC LIMIT ${shown}`,
  )
  return rows.map(({ number, madeAt, ...row }) => ({
    ...row,
    name: numberOf(number),
    madeAt: madeAt.toISOString(),
  }))
}

export type UsageAuditDetail = {
  id: string
  name: string
  title: string
  /** Of each list, the first lines: of use, those with the most calls. */
  content: Content
  lines: Readonly<Record<'uses' | 'networks' | 'changes' | 'mutations', number>>
  calls: number
  hash: string
  /** The content is not the one that was hashed. */
  isAltered: boolean
  madeAt: string
  madeBy: string
  checked: { at: string; by: string; isSame: boolean } | null
  /** Alias, or ID, of each key by its ARN, as of now. */
  keyNames: Readonly<Record<string, string>>
  /** By account ID, of those that are connected. */
  accountNames: Readonly<Record<string, string>>
}

/** @throws AppError not_found for what is not there, and for what the person does not see all of. */
export async function getUsageAudit(permit: Permitted, id: string): Promise<UsageAuditDetail> {
  const found = await findStored(permit, id)
  const content = parse(found.content)
  const keys = await db.key.findMany({
    where: { arn: { in: [...content.parameters.keyArns] } },
    select: { arn: true, keyId: true, aliases: true },
  })
  return {
    id: found.id,
    name: numberOf(found.number),
    title: found.title,
    content: firstLinesOf(content),
    lines: {
      uses: content.uses.length,
      networks: content.networks?.length ?? 0,
      changes: content.changes.length,
      mutations: content.mutations.length,
    },
    calls: callsOf(content.uses),
    hash: found.hash,
    isAltered: hashOf(found.content) !== found.hash,
    madeAt: found.madeAt.toISOString(),
    madeBy: found.madeBy,
    checked:
      found.checkedAt && found.checkedBy
        ? {
            at: found.checkedAt.toISOString(),
            by: found.checkedBy,
            isSame: found.checkedHash === found.hash,
          }
        : null,
    accountNames: Object.fromEntries(await accountNames(found.accountIds)),
    keyNames: Object.fromEntries(keys.map(({ arn, keyId, aliases }) => [arn, aliases[0] ?? keyId])),
  }
}

/** A page shows so many lines of a list; the download has all of use. */
const pageLines = 300

const firstLinesOf = (content: Content): Content => ({
  ...content,
  uses: content.uses.toSorted((a, b) => b.calls - a.calls).slice(0, pageLines),
  networks: content.networks?.toSorted((a, b) => b.calls - a.calls).slice(0, pageLines) ?? null,
  changes: content.changes.slice(0, pageLines),
  mutations: content.mutations.slice(0, pageLines),
})

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

async function findStored(
  { scope }: Permitted | Permit<'trail.export'>,
  id: string,
): Promise<UsageAudit> {
  const [seen] = uuid.test(id)
    ? await sql.query(
        sql`SELECT 1 FROM "UsageAudit" u WHERE u.id = ${id}::uuid AND ${visible(scope)}`,
      )
    : []
  if (!seen)
    throw new AppError('not_found', 'There is no such usage audit among those you can see.')
  return db.usageAudit.findUniqueOrThrow({ where: { id } })
}

/** It was written by `readContent`. */
const parse = (content: string): Content => JSON.parse(content)

export type Checked = {
  isSame: boolean
  hash: string
  differences: readonly SectionDifference[]
  /** What can have made the difference, in words. */
  reasons: readonly string[]
}

/** Makes a usage audit again with the parameters and keys it had, and compares. */
export async function checkUsageAudit(permit: Permitted, { id }: { id: string }): Promise<Checked> {
  const found = await findStored(permit, id)
  const kept = parse(found.content)
  const text = toCanonical(await transaction((tx) => readContent(tx, kept.parameters), oneLook))
  const hash = hashOf(text)
  const isSame = hash === found.hash
  const differences = isSame ? [] : differencesOf(kept, parse(text))
  const reasons = isSame ? [] : await findReasons(found, kept)
  return transaction(async (tx) => {
    const { actor } = permit
    const now = await readClock(tx)
    await tx.usageAudit.update({
      where: { id },
      data: { checkedAt: now, checkedBy: actor.name, checkedHash: hash },
    })
    await appendAudit(tx, {
      event: 'usageAudit.checked',
      actor,
      data: { usageAudit: id, number: numberOf(found.number), isSame, kept: found.hash, hash },
    })
    return { isSame, hash, differences, reasons }
  })
}

type Causes = { late: number; undone: number; usesFrom: Date; changesFrom: Date }

async function findReasons(found: UsageAudit, kept: Content): Promise<string[]> {
  const [from, until] = periodOf(kept.parameters)
  const keys = kept.parameters.keyArns.map((arn) => arn.toLowerCase())
  const [causes] = await sql.query<Causes>(
    sql`SELECT (SELECT count(*) FROM trail.event e WHERE lower(e.key_arn) = ANY(${keys}::text[])
         AND e.occurred_at >= ${from} AND e.occurred_at < ${until}
         AND e.stored_at > ${found.madeAt}) AS late,
       (SELECT count(*) FROM "TrailImport" i WHERE i."undoneAt" > ${found.madeAt}
         AND i."earliest" < ${until} AND i."latest" >= ${from}) AS undone,
       h.uses_from AS "usesFrom", h.changes_from AS "changesFrom"
     FROM trail.horizon h`,
  )
  if (!causes) return []
  const day = (time: Date) => time.toISOString().slice(0, 10)
  return [
    causes.late > 0 &&
      `${causes.late.toLocaleString('en')} events of the period were stored after the audit was made.`,
    causes.undone > 0 && `${causes.undone} imports of events of the period were undone.`,
    causes.usesFrom > from &&
      `Events of uses before ${day(causes.usesFrom)} are no longer kept: from where they came is gone.`,
    causes.changesFrom > from &&
      `Events of changes before ${day(causes.changesFrom)} are no longer kept.`,
    hashOf(found.content) !== found.hash &&
      'What was kept is not what was hashed: it was altered in the database.',
  ].filter((reason) => reason !== false)
}

/**
 * Exports the use of a usage audit as CSV: who used what, how often. The audit entry is written
 * first; without it nothing leaves.
 */
export async function exportUsageAudit(
  permit: Permit<'trail.export'>,
  id: string,
): Promise<string> {
  const found = await findStored(permit, id)
  const { uses } = parse(found.content)
  const name = numberOf(found.number)
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'usageAudit.exported',
      actor: permit.actor,
      data: { usageAudit: id, number: name, hash: found.hash, lines: uses.length },
    }),
  )
  return csvOf(uses, name, found.hash)
}
