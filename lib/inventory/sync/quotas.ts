import 'server-only'
import {
  ListAWSDefaultServiceQuotasCommand,
  ListServiceQuotasCommand,
  type ServiceQuota,
} from '@aws-sdk/client-service-quotas'
import { openServiceQuotas } from '@/lib/aws/clients'
import { listTokenPages } from '@/lib/aws/pages'
import { rowNameByCode } from '@/lib/aws/quota-rows'
import type { Tx } from '@/lib/db/client'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatus } from '@/lib/sweep/sweep-status'

/**
 * The quotas of KMS in one account and Region: what is applied, and AWS's defaults where
 * nothing is (ListServiceQuotas names only what has an applied value). The request budgets
 * take their ceilings from them.
 */
async function sweepQuotas(run: Run): Promise<Outcome> {
  const client = openServiceQuotas(run.reader)
  const found = new Map<string, ServiceQuota>()
  const defaults = listTokenPages(
    (NextToken) =>
      run.call('servicequotas:ListAWSDefaultServiceQuotas', () =>
        client.send(
          new ListAWSDefaultServiceQuotasCommand({
            ServiceCode: 'kms',
            MaxResults: 100,
            NextToken,
          }),
        ),
      ),
    (page) => page.NextToken,
  )
  for await (const page of defaults) for (const quota of page.Quotas ?? []) keep(found, quota)
  const applied = listTokenPages(
    (NextToken) =>
      run.call('servicequotas:ListServiceQuotas', () =>
        client.send(
          new ListServiceQuotasCommand({ ServiceCode: 'kms', MaxResults: 100, NextToken }),
        ),
      ),
    (page) => page.NextToken,
  )
  for await (const page of applied) for (const quota of page.Quotas ?? []) keep(found, quota)
  run.progress = { itemsDone: found.size, itemsTotal: found.size }
  return { ...sweepStatus(run), conclude: (tx) => writeQuotas(tx, run, [...found.values()]) }
}

export const quotasSweep = defineSweep({
  kind: 'quotas',
  place: 'region',
  every: 96,
  priority: 0,
  lane: 'quick',
  needs: {
    'servicequotas:ListServiceQuotas': {
      gives: 'quotas as applied',
      without: "The request budget goes by AWS's default quotas, and raised quotas are not shown.",
    },
    'servicequotas:ListAWSDefaultServiceQuotas': {
      gives: "AWS's default quotas",
      without: 'Quotas without an applied value are not shown.',
    },
  },
  run: sweepQuotas,
})

/** A quota may come as an ErrorReason without a value: that is no value. */
function keep(found: Map<string, ServiceQuota>, quota: ServiceQuota): void {
  if (quota.QuotaCode && quota.Value !== undefined) found.set(quota.QuotaCode, quota)
}

async function writeQuotas(tx: Tx, run: Run, quotas: readonly ServiceQuota[]): Promise<void> {
  const { accountId, region } = run.lease
  const rows = quotas.map((quota) => ({
    code: quota.QuotaCode,
    name: quota.QuotaName ?? '',
    value: quota.Value,
    adjustable: quota.Adjustable ?? false,
    row: rowNameByCode.get(quota.QuotaCode ?? '') ?? null,
    usage: quota.UsageMetric
      ? {
          namespace: quota.UsageMetric.MetricNamespace,
          name: quota.UsageMetric.MetricName,
          dimensions: quota.UsageMetric.MetricDimensions,
        }
      : null,
  }))
  const json = JSON.stringify(rows)
  await tx.execute(
    `INSERT INTO "QuotaValue" ("accountId", "region", "code", "name", "value", "adjustable", "usage", "observedAt")
     SELECT $2, $3, r."code", r."name", r."value", r."adjustable", r."usage", clock_timestamp()
     FROM jsonb_populate_recordset(null::"QuotaValue", $1::jsonb) r
     ON CONFLICT ("accountId", "region", "code")
     DO UPDATE SET "name" = excluded."name", "value" = excluded."value",
       "adjustable" = excluded."adjustable",
       "usage" = excluded."usage", "observedAt" = excluded."observedAt"`,
    [json, accountId, region],
  )
  await tx.execute(
    `UPDATE "Budget" b SET "perSecond" = r."value" FROM jsonb_to_recordset($1::jsonb) r("row" text, "value" float8)
     WHERE b."accountId" = $2 AND b."region" = $3 AND b."quota" = r."row" AND b."perSecond" <> r."value"`,
    [json, accountId, region],
  )
}
