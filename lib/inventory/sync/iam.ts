import 'server-only'
import {
  GetAccountAuthorizationDetailsCommand,
  type GetAccountAuthorizationDetailsCommandOutput,
} from '@aws-sdk/client-iam'
import { openIam } from '@/lib/aws/clients'
import { listTokenPages } from '@/lib/aws/pages'
import type { Tx } from '@/lib/db/client'
import { readEntities, type IamRow } from './iam-facts'
import { askMembership, membershipNeeds } from './membership'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatus } from '@/lib/sweep/sweep-status'

/**
 * Users, groups, roles and policies of one account: one paged call gives them all. Whether policies
 * of an organization stand over them is asked with it, since no answer about access can do without.
 */
async function sweepIam(run: Run): Promise<Outcome> {
  // First: it stands also where IAM itself may not be read.
  await askMembership(run)
  const iam = openIam(run.reader)
  const since = new Date(run.now())
  const rows = new Map<string, IamRow>()
  const filter = ['User', 'Group', 'Role', 'LocalManagedPolicy', 'AWSManagedPolicy'] as const
  const pages = listTokenPages<GetAccountAuthorizationDetailsCommandOutput>(
    (Marker) =>
      run.call('iam:GetAccountAuthorizationDetails', () =>
        iam.send(
          new GetAccountAuthorizationDetailsCommand({
            Filter: [...filter],
            MaxItems: 1000,
            Marker,
          }),
        ),
      ),
    (page) => (page.IsTruncated ? page.Marker : undefined),
  )
  for await (const page of pages) {
    for (const row of readEntities(run.lease.accountId, page)) rows.set(row.arn, row)
    run.progress.itemsDone = rows.size
  }
  run.progress.itemsTotal = rows.size
  return {
    ...sweepStatus(run),
    conclude: (tx) => writeEntities(tx, run.lease.accountId, [...rows.values()], since),
  }
}

export const iamSweep = defineSweep({
  kind: 'iam',
  place: 'account',
  every: 4,
  priority: 0,
  lane: 'quick',
  needs: {
    'iam:GetAccountAuthorizationDetails': {
      gives: 'users, groups, roles and their policies',
      without:
        'Access through IAM policies is unknown: answers about who can use a key are incomplete.',
    },
    ...membershipNeeds,
    ...membershipNeeds,
  },
  run: sweepIam,
})

const piece = 1_000

/**
 * A complete listing: what it does not name is gone, and what is stored of the rest was read by it,
 * which the account's line of LastRead says.
 */
async function writeEntities(
  tx: Tx,
  accountId: string,
  rows: readonly IamRow[],
  since: Date,
): Promise<void> {
  const sorted = rows.toSorted((a, b) => (a.arn < b.arn ? -1 : 1))
  for (let start = 0; start < sorted.length; start += piece) {
    await tx.execute(
      `INSERT INTO "IamEntity" ("arn", "accountId", "kind", "name", "path", "uniqueId", "createdAt",
        "details", "observedAt")
       SELECT r."arn", r."accountId", r."kind", r."name", r."path", r."uniqueId", r."createdAt",
         r."details", $2 FROM jsonb_populate_recordset(null::"IamEntity", $1::jsonb) r
       LEFT JOIN "IamEntity" e ON e."arn" = r."arn"
       WHERE e."arn" IS NULL OR e."goneAt" IS NOT NULL OR ROW(${factsOf('e')})
         IS DISTINCT FROM ROW(${factsOf('r')})
       ON CONFLICT ("arn") DO UPDATE SET ${setFacts},
         "observedAt" = excluded."observedAt", "goneAt" = NULL`,
      [JSON.stringify(sorted.slice(start, start + piece)), since],
    )
  }
  await tx.execute(
    `UPDATE "IamEntity" e SET "goneAt" = clock_timestamp() WHERE e."accountId" = $1
       AND e."goneAt" IS NULL AND e."observedAt" < $2
       AND NOT EXISTS (SELECT 1 FROM unnest($3::text[]) l(arn) WHERE l.arn = e."arn")`,
    [accountId, since, sorted.map(({ arn }) => arn)],
  )
  await tx.execute(
    `INSERT INTO "LastRead" AS l ("accountId", "region", "slice", "iamAt") VALUES ($1, '', 0, $2)
     ON CONFLICT ("accountId", "region", "slice")
     DO UPDATE SET "iamAt" = greatest(l."iamAt", excluded."iamAt")`,
    [accountId, since],
  )
}

const facts = ['kind', 'name', 'path', 'uniqueId', 'createdAt', 'details'] as const
const factsOf = (row: string) => facts.map((name) => `${row}."${name}"`).join(', ')
const setFacts = facts.map((name) => `"${name}" = excluded."${name}"`).join(', ')
