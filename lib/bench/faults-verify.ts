/**
 * Holds what was promised against the sandbox's own state and trail and against the audit log.
 * Nothing here asks the code under test.
 */
import { sql } from '../db/client'
import { fixtureAccount } from '../changes/test/fixtures'
import type { Ask } from './faults-asks'
import type { FaultsFixture, AskedChangeOfBench } from './faults-fixture'

export type Fault = {
  what: 'lost' | 'double' | 'unaudited' | 'mismatched'
  changeId: string
  kind: string
  words: string
}
type Row = {
  id: string
  status: string
  problem: string | null
  sends: number
  undoSends: number
  endsAt: Date | null
}
type Entry = { event: string; changeId: string; mode: string | null }

/**
 * Returns the successful mutating calls by the role session of each change, as CloudTrail has them.
 */
function effectsByChange({ sandbox }: FaultsFixture): Map<string, string[]> {
  const effects = new Map<string, string[]>()
  const counted = new Set<string>()
  for (const region of sandbox.world.accounts.get(fixtureAccount)?.regions.values() ?? []) {
    for (const { record } of region.events) {
      const identity = record.userIdentity
      const arn =
        typeof identity === 'object' && identity !== null && 'arn' in identity
          ? String(identity.arn)
          : ''
      if (
        record.readOnly ||
        record.errorCode !== undefined ||
        !arn.includes(':assumed-role/ClavigerWrite/')
      )
        continue
      // One call of UpdatePrimaryRegion has a record in each of its two Regions.
      const call = `${String(record.requestID)} ${record.eventName}`
      if (counted.has(call)) continue
      counted.add(call)
      const id = arn.split('/').at(-1) ?? ''
      effects.set(id, [...(effects.get(id) ?? []), record.eventName])
    }
  }
  return effects
}

/** Judges a batch at rest. `undone`: the ends of those with an end have passed. */
export async function judgeBatch(
  fixture: FaultsFixture,
  batch: readonly AskedChangeOfBench[],
  undone: boolean,
): Promise<Fault[]> {
  const ids = batch.map(({ id }) => id)
  const [rows, entries] = await Promise.all([
    sql.query<Row>(
      'SELECT "id", "status"::text AS "status", "problem", "sends", "undoSends", "endsAt" ' +
        'FROM "Change" WHERE "id" = ANY($1::uuid[])',
      [ids],
    ),
    sql.query<Entry>(
      `SELECT "event", "body"::jsonb->'data'->>'changeId' AS "changeId",
        "body"::jsonb->'data'->>'mode' AS "mode" FROM "AuditEntry"
      WHERE "requestId" = ANY($1) AND "event" LIKE 'change.%'`,
      [batch.map(({ requestId }) => requestId)],
    ),
  ])
  const effects = effectsByChange(fixture)
  return batch.flatMap((asked) => {
    const row = rows.find(({ id }) => id === asked.id)
    const own = entries.filter(({ changeId }) => changeId === asked.id)
    return judgeOne(fixture, asked, row, own, effects.get(asked.id) ?? [], undone)
  })
}

function judgeOne(
  { sandbox }: FaultsFixture,
  { id, ask }: AskedChangeOfBench,
  row: Row | undefined,
  entries: readonly Entry[],
  all: readonly string[],
  undone: boolean,
): Fault[] {
  const fault = (what: Fault['what'], words: string): Fault => ({
    what,
    changeId: id,
    kind: ask.kind,
    words,
  })
  if (!row) return [fault('lost', 'it is not in the database')]
  if (undone && row.endsAt === null) return [] // judged before time passed
  const ended = undone && row.endsAt !== null
  const expected = ended ? 'reverted' : 'applied'
  const inAws = ended ? (ask.isUndone?.(sandbox.world, id) ?? true) : ask.isDone(sandbox.world, id)
  // Nothing else works on these keys, so each must be done, once, and be what AWS has.
  const effects = all.filter((name) => name !== ask.also)
  return [
    ...(row.status === expected
      ? []
      : [fault('lost', `${row.status}, not ${expected}: ${row.problem ?? ''}`)]),
    ...(inAws ? [] : [fault('mismatched', `${row.status} here, and AWS has it otherwise`)]),
    ...(areMoreThanOnce(effects, ask, ended) ? [fault('double', effects.join(', '))] : []),
    ...(isAudited(row, entries, effects, ended)
      ? []
      : [fault('unaudited', entries.map(({ event }) => event).join(', '))]),
  ]
}

/** Whether the audit log tells each of its steps once, and of every call that was sent. */
function isAudited(
  row: Row,
  entries: readonly Entry[],
  effects: readonly string[],
  ended: boolean,
): boolean {
  const count = (event: string) => entries.filter((entry) => entry.event === event).length
  const sent = (mode: string) =>
    entries.filter((entry) => entry.event === 'change.sent' && entry.mode === mode).length
  return (
    count('change.begun') === 1 &&
    count('change.applied') === 1 &&
    sent('do') === row.sends &&
    sent('undo') === row.undoSends &&
    effects.length <= row.sends + row.undoSends &&
    (!ended || (count('change.undoBegan') >= 1 && count('change.reverted') === 1))
  )
}

/** Tells whether a call took effect that is neither the one of doing it nor, ended, of undoing. */
function areMoreThanOnce(effects: readonly string[], ask: Ask, ended: boolean): boolean {
  const left = [ask.does, ended ? ask.undoes : undefined]
  return effects.some((name) => {
    const at = left.indexOf(name)
    if (at < 0) return true
    left[at] = undefined
    return false
  })
}
