import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import { getKeyRow, type KeyPlace } from '../inventory/read'
import { csvLine } from '../table/csv'
import { listAccess } from './table'

/** The whole matrix of a key as CSV: a line per principal, "only by grant" by ability, and as of when it was read. The audit entry is written first; without it nothing leaves. */
export async function exportAccess(permit: Permit<'keys.export'>, place: KeyPlace): Promise<string> {
  const { abilities, rows, readAt, gaps } = await listAccess(permit, place)
  const { arn } = await getKeyRow(permit, place)
  await transaction((tx) => appendAudit(tx, {
    event: 'access.exported', actor: permit.actor, accountId: place.accountId, keyArn: arn, data: { format: 'csv', principals: rows.length },
  }))
  const key = `${place.accountId}/${place.region}/${place.keyId}`
  const times = [readAt.policy, readAt.grants, readAt.iam, readAt.organization].map((at) => at ?? 'never')
  return [
    csvLine(['key', 'principal', 'name', 'kind', 'account', 'from', 'onlyByGrant', ...abilities.map(({ id }) => id), 'policyRead', 'grantsRead', 'iamRead', 'organizationRead', 'notKnown']),
    ...rows.map((row) => csvLine([
      key, row.id, row.name, row.kind, row.accountId, row.nearness, row.onlyByGrant.join(' '), ...abilities.map(({ id }) => row.cells[id] ?? 'unknown'), ...times, gaps.join(' '),
    ])),
  ].join('')
}
