import 'server-only'
import type { AliasListEntry, CustomKeyStoresListEntry } from '@aws-sdk/client-kms'
import { sql, transaction, type Tx } from '@/lib/db/client'
import { joinSlice, readAt } from '@/lib/sweep/last-read'
import type { Run } from '@/lib/sweep/sweep'

/** How many keys of a place are noted together in LastRead. */
const sliceSize = 200

/**
 * Keys a listing named: new ones begin here, and one that was missing or taken for gone is back.
 * Nothing is written of the others.
 */
export async function writeListedKeys(
  { lease: { accountId, region, id } }: Pick<Run, 'lease'>,
  keys: readonly { keyId: string; arn: string }[],
): Promise<void> {
  await sql.execute(
    `INSERT INTO "Key" ("arn", "keyId", "accountId", "region", "partition", "listedAt", "listedIn",
      "slice")
     SELECT r."arn", r."keyId", $2, $3, split_part(r."arn", ':', 2), clock_timestamp(), $4,
       ((SELECT count(*) FROM "Key" WHERE "accountId" = $2 AND "region" = $3)
         + row_number() OVER (ORDER BY r."arn") - 1) / ${sliceSize}
     FROM jsonb_to_recordset($1::jsonb) r("arn" text, "keyId" text)
     WHERE NOT EXISTS (SELECT 1 FROM "Key" k WHERE k."arn" = r."arn")
     ORDER BY r."arn"
     ON CONFLICT ("arn") DO NOTHING`,
    [JSON.stringify(keys), accountId, region, id],
  )
  await sql.execute(
    `UPDATE "Key" SET "listedAt" = clock_timestamp(), "listedIn" = $2, "missedListings" = 0,
      "goneAt" = NULL
     WHERE "arn" = ANY($1) AND ("missedListings" > 0 OR "goneAt" IS NOT NULL)
       AND "listedIn" <= $2`,
    [keys.map(({ arn }) => arn), id],
  )
}

/** A complete listing of the aliases of a Region: names that are not in it are no more. */
export async function writeAliases(
  run: Run,
  aliases: readonly AliasListEntry[],
  since: number,
): Promise<void> {
  const { accountId, region } = run.lease
  const observedAt = new Date(since)
  await transaction(
    async (tx) => {
      await upsertAliases(tx, run, aliases, observedAt)
      await tx.execute(
        `DELETE FROM "Alias" a WHERE a."accountId" = $1 AND a."region" = $2
           AND a."observedAt" < $3
           AND NOT EXISTS (SELECT 1 FROM unnest($4::text[]) l(name) WHERE l.name = a."name")`,
        [accountId, region, observedAt, namesOf(aliases)],
      )
    },
    { timeoutMs: 120_000 },
  )
}

/**
 * A complete listing of the aliases of one key: names that are not in it
 * are not this key's any more.
 */
export async function writeAliasesOfKey(
  run: Run,
  key: { arn: string; keyId: string },
  aliases: readonly AliasListEntry[],
  observedAt: Date,
): Promise<void> {
  const { accountId, region } = run.lease
  const names = namesOf(aliases).sort()
  await transaction(async (tx) => {
    const [read] = await tx.query<{ at: Date | null }>(
      `SELECT ${readAt('aliases')} AS at FROM "Key" k ${joinSlice} WHERE k.arn = $1
       FOR UPDATE OF k`,
      [key.arn],
    )
    if (!read || (read.at !== null && read.at > observedAt)) return
    await tx.execute(
      `UPDATE "Key" SET "aliases" = $2, "aliasesAt" = $3,
        "readApart" = array_append(array_remove("readApart", 'aliases'), 'aliases')
       WHERE "arn" = $1`,
      [key.arn, names, observedAt],
    )
    await upsertAliases(tx, run, aliases, observedAt)
    await tx.execute(
      `DELETE FROM "Alias" WHERE "accountId" = $1 AND "region" = $2 AND "targetKeyId" = $3
         AND "observedAt" < $4 AND NOT "name" = ANY($5)`,
      [accountId, region, key.keyId, observedAt, names],
    )
  })
}

const namesOf = (aliases: readonly AliasListEntry[]): string[] =>
  aliases.flatMap(({ AliasName }) => AliasName ?? [])

/** Writes the aliases that are new or another than stored. */
async function upsertAliases(
  tx: Tx,
  run: Run,
  aliases: readonly AliasListEntry[],
  observedAt: Date,
): Promise<void> {
  const { accountId, region } = run.lease
  const rows = aliases.map((alias) => ({
    name: alias.AliasName,
    arn: alias.AliasArn,
    targetKeyId: alias.TargetKeyId ?? null,
    createdAt: alias.CreationDate ?? null,
    updatedAt: alias.LastUpdatedDate ?? null,
  }))
  await tx.execute(
    `INSERT INTO "Alias" ("accountId", "region", "name", "arn", "targetKeyId", "createdAt", "updatedAt", "observedAt")
     SELECT $2, $3, r."name", r."arn", r."targetKeyId", r."createdAt", r."updatedAt", $4
     FROM jsonb_populate_recordset(null::"Alias", $1::jsonb) r
     LEFT JOIN "Alias" a ON a."accountId" = $2 AND a."region" = $3 AND a."name" = r."name"
     WHERE (a."name", a."arn", a."targetKeyId", a."createdAt", a."updatedAt")
       IS DISTINCT FROM (r."name", r."arn", r."targetKeyId", r."createdAt", r."updatedAt")
     ORDER BY r."name"
     ON CONFLICT ("accountId", "region", "name")
     DO UPDATE SET "arn" = excluded."arn", "targetKeyId" = excluded."targetKeyId",
       "createdAt" = excluded."createdAt", "updatedAt" = excluded."updatedAt", "observedAt" = excluded."observedAt"
     WHERE "Alias"."observedAt" <= excluded."observedAt"`,
    [JSON.stringify(rows), accountId, region, observedAt],
  )
}

/**
 * A complete listing of the custom key stores. The trust anchor is a certificate and no secret;
 * credentials are never in it.
 */
export async function writeKeyStores(
  run: Run,
  stores: readonly CustomKeyStoresListEntry[],
  since: number,
): Promise<void> {
  const { accountId, region } = run.lease
  const observedAt = new Date(since)
  const rows = stores.map((store) => ({
    id: store.CustomKeyStoreId,
    name: store.CustomKeyStoreName ?? '',
    type: store.CustomKeyStoreType ?? 'AWS_CLOUDHSM',
    connectionState: store.ConnectionState ?? null,
    connectionErrorCode: store.ConnectionErrorCode ?? null,
    createdAt: store.CreationDate ?? null,
    details: withoutSecrets(store),
  }))
  await transaction(async (tx) => {
    await tx.execute(
      `INSERT INTO "KeyStore" ("accountId", "region", "id", "name", "type", "connectionState",
        "connectionErrorCode", "createdAt", "details", "observedAt")
       SELECT $2, $3, r."id", r."name", r."type", r."connectionState", r."connectionErrorCode",
         r."createdAt", r."details", $4
       FROM jsonb_populate_recordset(null::"KeyStore", $1::jsonb) r ORDER BY r."id"
       ON CONFLICT ("accountId", "region", "id")
       DO UPDATE SET "name" = excluded."name", "type" = excluded."type",
         "connectionState" = excluded."connectionState",
         "connectionErrorCode" = excluded."connectionErrorCode", "createdAt" = excluded."createdAt",
           "details" = excluded."details",
         "observedAt" = excluded."observedAt", "goneAt" = NULL
       WHERE "KeyStore"."observedAt" <= excluded."observedAt"`,
      [JSON.stringify(rows), accountId, region, observedAt],
    )
    await tx.execute(
      `UPDATE "KeyStore" SET "goneAt" = clock_timestamp() WHERE "accountId" = $1 AND "region" = $2
        AND "observedAt" < $3 AND "goneAt" IS NULL`,
      [accountId, region, observedAt],
    )
  })
}

/**
 * XKS credentials come back as an access key id alone; should AWS ever send more, it is not kept.
 */
function withoutSecrets(store: CustomKeyStoresListEntry): CustomKeyStoresListEntry {
  const { XksProxyConfiguration: proxy, ...rest } = store
  if (!proxy) return rest
  const {
    Connectivity,
    UriEndpoint,
    UriPath,
    VpcEndpointServiceName,
    VpcEndpointServiceOwner,
    AccessKeyId,
  } = proxy
  return {
    ...rest,
    XksProxyConfiguration: {
      Connectivity,
      UriEndpoint,
      UriPath,
      VpcEndpointServiceName,
      VpcEndpointServiceOwner,
      AccessKeyId,
    },
  }
}
