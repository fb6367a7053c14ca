import 'server-only'
import { appendAudit } from '../audit/append'
import type { Permit } from '../auth/permit'
import { transaction } from '../db/client'
import { getKeyRow, type KeyPlace } from '../inventory/read'
import { csvLine } from '../table/csv'
import { listAccess } from './table'
import type { Usability } from './usability'

const usableNow: Record<Usability, string> = { usable: 'yes', unusable: 'no', unknown: 'unknown' }

/**
 * Exports the whole matrix of a key as CSV: a line per principal, "only by grant" by ability,
 * beside each permission whether AWS takes it in the state the key is in (empty where it is not
 * allowed anyway), and as of when it was read. The audit entry is written first; without it nothing
 * leaves.
 */
export async function exportAccess(
  permit: Permit<'keys.export'>,
  place: KeyPlace,
): Promise<string> {
  const { abilities, rows, keyState, readAt, gaps } = await listAccess(permit, place)
  const { arn } = await getKeyRow(permit, place)
  await transaction((tx) =>
    appendAudit(tx, {
      event: 'access.exported',
      actor: permit.actor,
      accountId: place.accountId,
      keyArn: arn,
      data: { format: 'csv', principals: rows.length },
    }),
  )
  const key = `${place.accountId}/${place.region}/${place.keyId}`
  const times = [readAt.policy, readAt.grants, readAt.iam, readAt.organization, readAt.state]
  return [
    csvLine([
      'key',
      'principal',
      'name',
      'kind',
      'account',
      'from',
      'onlyByGrant',
      'keyState',
      ...abilities.flatMap(({ id }) => [id, `${id}UsableNow`]),
      'policyRead',
      'grantsRead',
      'iamRead',
      'organizationRead',
      'stateRead',
      'notKnown',
    ]),
    ...rows.map(({ cells, uses, ...row }) =>
      csvLine([
        key,
        row.id,
        row.name,
        row.kind,
        row.accountId,
        row.nearness,
        row.onlyByGrant.join(' '),
        keyState ?? 'unknown',
        ...abilities.flatMap(({ id }) => {
          const use = uses[id]
          return [cells[id] ?? 'unknown', use === undefined ? '' : usableNow[use]]
        }),
        ...times.map((at) => at ?? 'never'),
        gaps.join(' '),
      ]),
    ),
  ].join('')
}
