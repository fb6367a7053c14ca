import 'server-only'
import type { Permit } from '@/lib/auth/permit'
import { sql, transaction } from '@/lib/db/client'
import { csvLine } from '@/lib/table/csv'
import { toAttachment } from '@/lib/table/download'
import { formatFilter } from '@/lib/table/filter'
import type { TableState } from '@/lib/table/state'
import { appendAudit } from './append'
import { readRows } from './page'
import { readStored, toExported } from './stored'

export type Export = { pieces: AsyncGenerator<string, undefined>; type: string; name: string }

/**
 * The whole chain up to now as JSON lines, which `npm run audit:verify -- --file` checks. Its last
 * entry is that of the export itself, written first: without it nothing leaves.
 */
export async function exportChain(permit: Permit<'audit.export'>): Promise<Export> {
  const until = await appendExport(permit, { format: 'jsonl', entries: 'all' })
  return {
    pieces: chainLines(until),
    type: 'application/x-ndjson; charset=utf-8',
    name: `audit-log-to-${until}.jsonl`,
  }
}

async function* chainLines(until: number): AsyncGenerator<string, undefined> {
  for await (const entries of readStored({ until })) yield entries.map(toExported).join('')
}

const step = 1_000
const remark =
  'For reading only. A part of a log proves nothing: entries may be missing or altered. The ' +
  'proof is the export of the whole log (JSON lines), checked with npm run audit:verify.'

/**
 * What the table shows, all pages of it, as CSV that says it is no proof.
 * Audited first, as the other.
 */
export async function exportTable(
  permit: Permit<'audit.export'>,
  state: TableState,
): Promise<Export> {
  const until = await appendExport(permit, {
    format: 'csv',
    filter: formatFilter(state.filter),
    match: state.filter.operation,
  })
  return {
    pieces: tableLines(state, until),
    type: 'text/csv; charset=utf-8',
    name: 'audit-log-no-proof.csv',
  }
}

async function* tableLines(state: TableState, until: number): AsyncGenerator<string, undefined> {
  yield csvLine([remark])
  yield csvLine([
    'entry',
    'at',
    'event',
    'who',
    'personId',
    'accountId',
    'keyArn',
    'requestId',
    'body',
  ])
  for (let last = until; ; ) {
    const rows = await readRows(state, { above: 0, until: last, limit: step, isUpward: false })
    const bodies = await readBodies(rows.map(({ seq }) => seq))
    yield rows
      .map((row) =>
        csvLine([
          row.seq,
          row.at,
          row.event,
          row.actor,
          row.actorId,
          row.accountId,
          row.keyArn,
          row.requestId,
          bodies.get(row.seq) ?? null,
        ]),
      )
      .join('')
    last = (rows.at(-1)?.seq ?? 1) - 1
    if (rows.length < step) return
  }
}

async function readBodies(seqs: readonly number[]): Promise<Map<number, string>> {
  const rows = await sql.query<{ seq: number; body: string }>(
    'SELECT "seq", "body" FROM "AuditEntry" WHERE "seq" = ANY($1::bigint[])',
    [seqs],
  )
  return new Map(rows.map(({ seq, body }) => [seq, body]))
}

/** The number of the export's own entry. */
const appendExport = (permit: Permit<'audit.export'>, data: Record<string, unknown>) =>
  transaction((tx) =>
    appendAudit(tx, {
      event: 'audit.exported',
      actor: permit.actor,
      data,
    }),
  )

export const toResponse = ({ pieces, type, name }: Export): Response =>
  toAttachment(pieces, type, name)
