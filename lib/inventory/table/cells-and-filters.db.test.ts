import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { noneValue, unknownValue } from '@/lib/table/filter'
import { parseTableState } from '@/lib/table/state'
import { canRotateAutomatically } from '../sync/key-facts'
import { cellOf, keysTable } from './keys-table'
import { listKeys } from './list-keys'

const { sql } = await freshDatabase()
const at = new Date(Date.UTC(2026, 0, 1)).toISOString()

/** What a key is, as DescribeKey says it; null: it could not be described. */
const kinds = [
  { keyManager: 'CUSTOMER', keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS' },
  { keyManager: 'CUSTOMER', keySpec: 'SYMMETRIC_DEFAULT', origin: 'EXTERNAL' },
  { keyManager: 'CUSTOMER', keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_CLOUDHSM' },
  { keyManager: 'CUSTOMER', keySpec: 'RSA_2048', origin: 'AWS_KMS' },
  { keyManager: 'CUSTOMER', keySpec: 'RSA_2048', origin: 'EXTERNAL' },
  { keyManager: 'CUSTOMER', keySpec: 'HMAC_256', origin: 'EXTERNAL' },
  { keyManager: 'AWS', keySpec: 'SYMMETRIC_DEFAULT', origin: 'AWS_KMS' },
  null,
]
/** Everything else was read, was read and is empty, or was not read. */
const readings = ['read', 'empty', 'unread'] as const

function keyOf(kind: (typeof kinds)[number], reading: (typeof readings)[number], n: number) {
  const keyId = `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
  const isRead = reading !== 'unread'
  const rotates = kind && canRotateAutomatically({ ...kind, keyState: 'Enabled' })
  const isAsked =
    kind?.keyManager === 'CUSTOMER' &&
    kind.keySpec === 'SYMMETRIC_DEFAULT' &&
    kind.origin !== 'AWS_CLOUDHSM'
  return {
    ...kind,
    arn: `arn:aws:kms:eu-west-1:111111111111:key/${keyId}`,
    accountId: '111111111111',
    region: 'eu-west-1',
    keyId,
    partition: 'aws',
    firstSeenAt: at,
    listedAt: at,
    listedIn: 1,
    missedListings: 0,
    slice: 0,
    readApart: [],
    problems: {},
    searchText: '',
    describedAt: kind && at,
    keyState: kind && 'Enabled',
    scope: kind && 'single',
    createdAt: kind && at,
    description: kind && (reading === 'read' ? 'text' : ''),
    aliases: reading === 'read' ? ['alias/x'] : [],
    aliasesAt: isRead ? at : null,
    tags: isRead ? (reading === 'read' ? { team: 'a' } : {}) : null,
    tagsAt: isRead ? at : null,
    owner: reading === 'read' ? 'a' : null,
    rotation: kind ? (rotates ? (isRead ? 'on' : 'unknown') : 'notApplicable') : 'unknown',
    nextRotationAt: rotates && reading === 'read' ? at : null,
    rotationAt: kind && isRead ? at : null,
    rotationsAt: isAsked && isRead ? at : null,
    onDemandUsed: isAsked && isRead ? 0 : null,
    lastRotatedAt: isAsked && reading === 'read' ? at : null,
    grantCount: isRead ? 1 : null,
    grantsByPeople: isRead ? 0 : null,
    grantsCrossAccount: isRead ? 0 : null,
    grantsAt: isRead ? at : null,
    lastUsedAt: reading === 'read' ? at : null,
    lastUseAt: isRead ? at : null,
    monthlyCostUsd: isRead && kind ? 1 : null,
  }
}

beforeAll(async () => {
  const keys = kinds.flatMap((kind, k) =>
    readings.map((reading, r) => keyOf(kind, reading, k * readings.length + r)),
  )
  await sql.execute(
    `INSERT INTO "Key" SELECT * FROM jsonb_populate_recordset(null::"Key", $1::jsonb)`,
    [JSON.stringify(keys)],
  )
})

const find = async (filter: string) => {
  const { state, problems } = parseTableState(keysTable, { filter, size: '100' })
  expect(problems).toEqual([])
  return (await listKeys(permitFor(nobody, 'keys.read'), state)).rows
}
const arnsOf = (rows: readonly { arn: string }[]) => rows.map(({ arn }) => arn).toSorted()

test('what a cell calls unknown or none is what the filter finds as unknown or none', async () => {
  const all = await find('')
  expect(all).toHaveLength(kinds.length * readings.length)
  const special = Object.entries(keysTable.fields).filter(
    ([, field]) => 'cell' in field && 'filter' in field && field.filter.kind !== 'enum',
  )
  expect(special.length).toBeGreaterThan(12)
  for (const [id] of special) {
    const unknown = all.filter((row) => cellOf(row, id).unknown !== null)
    const none = all.filter((row) => {
      const cell = cellOf(row, id)
      return cell.unknown === null && cell.value === null
    })
    expect([id, arnsOf(await find(`${id}.eq.${unknownValue}`))]).toEqual([id, arnsOf(unknown)])
    expect([id, arnsOf(await find(`${id}.eq.${noneValue}`))]).toEqual([id, arnsOf(none)])
  }
})

test('of imported material that was not asked about, and of keys of AWS, no rotation is not said', async () => {
  const said = (await find('lastRotation.eq.' + noneValue)).map(
    ({ keyManager, keySpec, origin, rotationsAt }) => ({
      keyManager,
      isUnread: keySpec === 'SYMMETRIC_DEFAULT' && origin !== 'AWS_CLOUDHSM' && !rotationsAt,
    }),
  )
  expect(said.length).toBeGreaterThan(3)
  expect(said.filter(({ keyManager, isUnread }) => keyManager === 'AWS' || isUnread)).toEqual([])
})
