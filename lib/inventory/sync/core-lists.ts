import 'server-only'
import type { AliasListEntry, CustomKeyStoresListEntry } from '@aws-sdk/client-kms'
import { sql, transaction, type Tx } from '@/lib/db/client'
import type { Run } from '@/lib/sweep/sweep'

/**
 * Keys a listing named: new ones begin here, known ones are seen again, and one that
 * was taken for gone is back.
 */
export async function writeListedKeys(
  run: Run,
  keys: readonly { keyId: string; arn: string }[],
): Promise<void> {
  const { accountId, region, id } = run.lease
  await sql.execute(
    `INSERT INTO "Key" ("arn", "keyId", "accountId", "region", "partition", "listedAt", "listedIn")
     SELECT r."arn", r."keyId", $2, $3, split_part(r."arn", ':', 2), clock_timestamp(), $4
     FROM jsonb_to_recordset($1::jsonb) r("arn" text, "keyId" text) ORDER BY r."arn"
     ON CONFLICT ("arn")
     DO UPDATE SET "listedAt" = excluded."listedAt", "listedIn" = excluded."listedIn",
       "missedListings" = 0, "goneAt" = NULL
     WHERE "Key"."listedIn" <= excluded."listedIn"`,
    [JSON.stringify(keys), accountId, region, id],
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
        `DELETE FROM "Alias" WHERE "accountId" = $1 AND "region" = $2 AND "observedAt" < $3`,
        [accountId, region, observedAt],
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
  const names = aliases.flatMap((alias) => alias.AliasName ?? []).sort()
  await transaction(async (tx) => {
    const written = await tx.execute(
      `UPDATE "Key" SET "aliases" = $2, "aliasesAt" = $3
       WHERE "arn" = $1 AND ("aliasesAt" IS NULL OR "aliasesAt" <= $3)`,
      [key.arn, names, observedAt],
    )
    if (written === 0) return
    await upsertAliases(tx, run, aliases, observedAt)
    await tx.execute(
      `DELETE FROM "Alias" WHERE "accountId" = $1 AND "region" = $2 AND "targetKeyId" = $3 AND "observedAt" < $4`,
      [accountId, region, key.keyId, observedAt],
    )
  })
}

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
     FROM jsonb_populate_recordset(null::"Alias", $1::jsonb) r ORDER BY r."name"
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
