import 'server-only'
import { raw, sql, type Queryable } from '../db/client'
import { queueKeyReads, type KeyReadPart } from '../inventory/queue-key-reads'
import { lastEnd } from '../sweep/last-end'
import { joinSlice, readAt } from '../sweep/last-read'
import type { TrailEntry, TrailEvent } from './event'

/** What is read of a key that an operation changed; of others its core facts. */
const parts: Readonly<Record<string, readonly KeyReadPart[]>> = {
  CreateGrant: ['grants'],
  RevokeGrant: ['grants'],
  RetireGrant: ['grants'],
  CreateAlias: ['aliases'],
  UpdateAlias: ['aliases'],
  DeleteAlias: ['aliases'],
  RotateKey: ['core', 'rotations'],
  RotateKeyOnDemand: ['core', 'rotations'],
  ImportKeyMaterial: ['core', 'rotations'],
  DeleteImportedKeyMaterial: ['core', 'rotations'],
  DeleteExpiredKeyMaterial: ['core', 'rotations'],
  // All of it.
  CreateKey: [],
  ReplicateKey: [],
}
const partsOf = (operation: string) =>
  Object.hasOwn(parts, operation) ? (parts[operation] ?? []) : (['core'] as const)

/** The part whose last reading tells whether the change was seen. */
const toldBy = (operation: string) => {
  const [first = 'core'] = partsOf(operation)
  return first === 'grants' || first === 'aliases' ? first : 'core'
}

const isChange = ({ readOnly, outcome }: TrailEvent) => !readOnly && outcome === 'success'
const keysOf = ({ keyArn, moreKeys }: TrailEvent) => [keyArn ?? [], moreKeys ?? []].flat()

/**
 * Has exactly those keys read again that something was done to since they were read last. What the
 * write role did was a change made here: its keys are read by the change itself. A key that is not
 * known is looked for if it could be newer than the last list of keys. Returns how many are queued.
 */
export async function queueTouchedKeys(
  database: Pick<Queryable, 'query' | 'execute'>,
  entries: readonly TrailEntry[],
): Promise<number> {
  const touched = entries.flatMap(({ event }) =>
    isChange(event)
      ? keysOf(event).map((keyArn) => ({
          keyArn,
          accountId: event.accountId,
          principal: event.principal,
          occurredAt: event.occurredAt,
          operation: event.operation,
          toldBy: toldBy(event.operation),
        }))
      : [],
  )
  if (touched.length === 0) return 0
  const unseen = await database.query<{ keyArn: string; operation: string }>(
    sql`SELECT DISTINCT t."keyArn", t.operation
     FROM json_to_recordset(${JSON.stringify(touched)}::json) t("keyArn" text, "accountId" text,
       principal text, "occurredAt" timestamptz, operation text, "toldBy" text)
     LEFT JOIN "Account" w ON w.id = t."accountId"
     LEFT JOIN "Key" k ON k.arn = t."keyArn" ${raw(joinSlice)}
     WHERE t.principal IS DISTINCT FROM w."writeRoleArn"
       -- KMS shows a change a little after it is made.
       AND t."occurredAt" + interval '2 minutes' > CASE
         WHEN k.arn IS NULL THEN ${lastEnd(place(5), place(4), 'core')}::timestamptz
         ELSE greatest(k."goneAt", CASE t."toldBy"
           WHEN 'grants' THEN ${raw(readAt('grants'))}::timestamptz
           WHEN 'aliases' THEN ${raw(readAt('aliases'))}::timestamptz
           ELSE ${raw(readAt('describe'))}::timestamptz END) END`,
  )
  return queueKeyReads(
    database,
    unseen.map(({ keyArn, operation }) => ({
      keyArn,
      parts: partsOf(operation),
      reason: `${operation} in CloudTrail`,
    })),
  )
}

/** A part of the key's ARN. */
const place = (at: 4 | 5) => raw(`split_part(t."keyArn", ':', ${at})`)
