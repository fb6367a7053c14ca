// npm run bench -- expiry: a thousand grants that end at once, and ends that come at half the rate
// AWS allows. The real worker, quotas enforced.
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateGrantCommand, CreateKeyCommand } from '@aws-sdk/client-kms'
import { hashOf, hashRequest } from '../changes/kinds/hash'
import { outsider } from '../changes/test/fixtures'
import type { Change, Request } from '../db/generated/client'
import { quotaRowOf } from '../aws/quota-rows'
import { benchAccount, benchRegion, startRig, type Rig } from './sync-rig'

const { values } = parseArgs({
  options: {
    grants: { type: 'string', default: '1000' },
    steady: { type: 'string', default: '60' },
    share: { type: 'string', default: '0.3' },
  },
})
const [grants, steadySeconds, share] = [
  Number(values.grants),
  Number(values.steady),
  Number(values.share),
]
const allowed = Math.ceil(quotaRowOf('kms:RevokeGrant').perSecond * share)
/** Ends are written this long before they come, so that the worker has nothing to do meanwhile. */
const aheadSeconds = 15

const rig = await startRig({ keys: 10, share })
let failed = false
try {
  await rig.query(
    `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "readRoleArn",
      "writeRoleArn") VALUES ($1, 'bench', 'file', '{}', $2, $3, $4)
    ON CONFLICT ("id") DO UPDATE SET "writeRoleArn" = excluded."writeRoleArn"`,
    [
      benchAccount,
      [benchRegion],
      ...['ClavigerRead', 'ClavigerWrite'].map(
        (name) => `arn:aws:iam::${benchAccount}:role/${name}`,
      ),
    ],
  )
  await rig.query(
    `INSERT INTO "Person" ("id", "issuer", "subject", "email", "name", "groups")
      VALUES (gen_random_uuid(), 'bench', 'ann', 'ann@example.com', 'Ann', '{}')`,
  )
  const { KeyMetadata } = await outsider(rig.endpoint, { accountId: benchAccount }).send(
    new CreateKeyCommand({}),
  )
  const keyArn = KeyMetadata?.Arn ?? ''
  await rig.control('PUT', 'quotas', { enforced: false })
  const burst = await makeGrants(rig, keyArn, grants)
  const steady = Math.floor((allowed / 2) * steadySeconds)
  const trickle = await makeGrants(rig, keyArn, steady)
  await rig.control('PUT', 'quotas', { enforced: true })
  await rig.startWorker({ CLAVIGER_ACCOUNTS_FILE: '' })
  await sleep(8_000)

  await rig.query(
    `UPDATE "Change" SET "endsAt" = now() + make_interval(secs => $2) WHERE "id" = ANY($1::uuid[])`,
    [burst, aheadSeconds],
  )
  await seal(rig, burst)
  const one = await settle(rig, burst, aheadSeconds + (grants / allowed) * 3 + 60)
  const [first, last] = [
    Math.min(...one.map(({ sentAt }) => sentAt)),
    Math.max(...one.map(({ sentAt }) => sentAt)),
  ]
  const rate = grants / Math.max(1, (last - first) / 1_000)
  const meter = await readThrottles(rig)
  console.log(
    JSON.stringify({
      burst: grants,
      seconds: (last - first) / 1_000,
      perSecond: round(rate),
      allowed,
      part: round(rate / allowed),
      firstAfterSeconds: round(Math.min(...one.map(({ lag }) => lag))),
      throttled: meter,
    }),
  )

  await rig.query(
    `UPDATE "Change" c
      SET "endsAt" = now() + make_interval(secs => $2::float8 + (o."at" - 1) / $3::float8)
      FROM unnest($1::uuid[]) WITH ORDINALITY o("id", "at") WHERE c."id" = o."id"`,
    [trickle, aheadSeconds, allowed / 2],
  )
  await seal(rig, trickle)
  const two = await settle(rig, trickle, aheadSeconds + steadySeconds + 60)
  const lags = two.map(({ lag }) => lag).sort((a, b) => a - b)
  const p99 = lags[Math.ceil(lags.length * 0.99) - 1] ?? Infinity
  console.log(
    JSON.stringify({
      steady,
      endsPerSecond: allowed / 2,
      lagSeconds: {
        p50: round(lags[Math.floor(lags.length / 2)] ?? 0),
        p99: round(p99),
        most: round(lags.at(-1) ?? 0),
      },
    }),
  )
  failed = rate < 0.8 * allowed || p99 > 10
} finally {
  await rig.close()
}
console.log(
  failed
    ? 'A bound is broken.'
    : 'Within the bounds: 80 % of the rate allowed, lag p99 at most 10 s.',
)
process.exit(failed ? 1 : 0)

function round(value: number): number {
  return Math.round(value * 100) / 100
}

/**
 * Grants in AWS with the change that made each, as the worker leaves it:
 * applied, to be undone at its end.
 */
async function makeGrants(at: Rig, keyArn: string, count: number): Promise<string[]> {
  const input = {
    granteePrincipal: `arn:aws:iam::${benchAccount}:root`,
    granteeServicePrincipal: null,
    operations: ['Decrypt'],
    constraints: null,
    retiringPrincipal: null,
    retiringServicePrincipal: null,
  }
  const rows = await at.query<{ id: string }>(
    `WITH request AS (INSERT INTO "Request" ("id", "title", "requesterId", "requesterName",
      "justification", "breakGlass", "sentAt", "answerBy")
       SELECT gen_random_uuid(), 'bench', "id", 'Ann', 'bench', true, now(),
         now() + interval '1 day' FROM "Person" LIMIT 1 RETURNING "id")
     INSERT INTO "Change" ("id", "requestId", "position", "kind", "accountId", "region", "keyArn",
       "input", "title", "risk", "exclusive", "baseline", "baselineHash", "baselineAt", "preflight")
     SELECT gen_random_uuid(), request."id", n, 'grant-create', $1, $2, $3, '{}', 'bench', 'low',
       false, '{}', '', now(), '{}' FROM request, generate_series(1, $4::int) n RETURNING "id"`,
    [benchAccount, benchRegion, keyArn, count],
  )
  const ids = rows.map(({ id }) => id)
  const made = await createInAws(at, keyArn, ids)
  const baseline = {
    keyState: 'Enabled',
    keyManager: 'CUSTOMER',
    keySpec: 'SYMMETRIC_DEFAULT',
    keyUsage: 'ENCRYPT_DECRYPT',
    origin: 'AWS_KMS',
    grant: null,
  }
  await at.query(
    `UPDATE "Change" c
      SET "input" = $2, "baseline" = $3, "status" = 'open', "requestHash" = 'bench',
      "rule" = '{"approvals": 1}', "outcome" = jsonb_build_object('grantId', g."grantId")
     FROM jsonb_to_recordset($1::jsonb) g("id" uuid, "grantId" text) WHERE c."id" = g."id"`,
    [
      JSON.stringify([...made].map(([id, grantId]) => ({ id, grantId }))),
      JSON.stringify(input),
      JSON.stringify(baseline),
    ],
  )
  for (const status of ['approved', 'executing', 'applied'])
    await at.query(
      `UPDATE "Change" SET "status" = $2::"ChangeStatus" WHERE "id" = ANY($1::uuid[])`,
      [ids, status],
    )
  return ids
}

/** Grants that carry the id of their change, by that id. */
async function createInAws(
  at: Rig,
  keyArn: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const admin = outsider(at.endpoint, { accountId: benchAccount })
  const made = new Map<string, string>()
  for (let from = 0; from < ids.length; from += 20) {
    await Promise.all(
      ids.slice(from, from + 20).map(async (id) => {
        const { GrantId } = await admin.send(
          new CreateGrantCommand({
            KeyId: keyArn,
            Name: id,
            GranteePrincipal: `arn:aws:iam::${benchAccount}:root`,
            Operations: ['Decrypt'],
          }),
        )
        made.set(id, GrantId ?? '')
      }),
    )
  }
  return made
}

/** Writes the hashes that sending would have written: what was altered afterwards is not undone. */
async function seal(at: Rig, ids: readonly string[]): Promise<void> {
  const changes = await at.query<Change>('SELECT * FROM "Change" WHERE "id" = ANY($1::uuid[])', [
    ids,
  ])
  const requests = new Map(
    (await at.query<Request>('SELECT * FROM "Request"')).map((request) => [request.id, request]),
  )
  const hashes = changes.flatMap((change) => {
    const request = requests.get(change.requestId)
    return request
      ? [
          {
            id: change.id,
            requestHash: hashRequest(request, change),
            baselineHash: hashOf(change.baseline),
          },
        ]
      : []
  })
  await at.query(
    `UPDATE "Change" c SET "requestHash" = h."requestHash", "baselineHash" = h."baselineHash"
      FROM jsonb_to_recordset($1::jsonb) h("id" uuid, "requestHash" text, "baselineHash" text)
     WHERE c."id" = h."id"`,
    [JSON.stringify(hashes)],
  )
}

/**
 * Waits until all are undone. Milliseconds of the call, seconds from the
 * end to the call that made it.
 */
async function settle(
  at: Rig,
  ids: readonly string[],
  timeoutSeconds: number,
): Promise<{ sentAt: number; lag: number }[]> {
  for (const until = Date.now() + timeoutSeconds * 1_000; ; ) {
    const rows = await at.query<{
      status: string
      sentAt: Date
      lag: number
      problem: string | null
    }>(
      `SELECT "status"::text AS "status", "undoLastSentAt" AS "sentAt",
        extract(epoch FROM "undoLastSentAt" - "endsAt")::float8 AS "lag", "problem" FROM "Change"
        WHERE "id" = ANY($1::uuid[])`,
      [ids],
    )
    if (rows.every(({ status }) => status === 'reverted'))
      return rows.map(({ sentAt, lag }) => ({ sentAt: sentAt.getTime(), lag }))
    if (Date.now() > until)
      throw new Error(
        'not all were undone in time: ' +
          `${JSON.stringify(rows.filter(({ status }) => status !== 'reverted').slice(0, 5))}`,
      )
    await sleep(500)
  }
}

async function readThrottles(at: Rig): Promise<number> {
  const rows = await at.control<{ operation?: string; throttled?: number }[]>('GET', 'meter')
  return Array.isArray(rows) ? rows.reduce((sum, row) => sum + (row.throttled ?? 0), 0) : -1
}
