import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { sql } from '../../db/client'
import { grantFlags, type GrantFlag, type GranteeExists } from '../flags'

// ── A small random fleet, and what a person would say of each grant
// ────────────────────────────────────────────────────
export const here = '111111111111'
export const read = '222222222222'
const unread = '333333333333'
const day = 86_400_000
const ago = (days: number) => new Date(Date.now() - days * day).toISOString()
/** IAM of `here` and `read` was read two days ago. */
const iamReadDays = 2
export const grantees = {
  app: `arn:aws:iam::${here}:role/team/app`,
  gone: `arn:aws:iam::${here}:role/old`,
  deleted: `arn:aws:iam::${read}:user/left`,
  other: `arn:aws:iam::${read}:user/kim`,
  never: `arn:aws:iam::${unread}:role/x`,
  session: `arn:aws:sts::${here}:assumed-role/app/job-1`,
  lostSession: `arn:aws:sts::${here}:assumed-role/old/job-1`,
  id: 'AROAEXAMPLEEXAMPLE1',
  root: `arn:aws:iam::${read}:root`,
  farRoot: unread,
  service: 'rds.eu-west-1.amazonaws.com',
  instance: `arn:aws:sts::${here}:assumed-role/aws:ec2-infrastructure/i-0example`,
} as const
type Grantee = keyof typeof grantees
export const isThere: Record<Grantee, (days: number | null) => GranteeExists> = {
  app: () => 'yes',
  session: () => 'yes',
  other: () => 'yes',
  root: () => 'yes',
  id: () => 'no',
  farRoot: () => 'unknown',
  never: () => 'unknown',
  service: () => 'notApplicable',
  instance: () => 'notApplicable',
  // Not in IAM: gone only if the grant is older than the reading, since AWS makes grants
  // for principals that exist.
  gone: (days) => (days !== null && days > iamReadDays ? 'no' : 'unknown'),
  deleted: (days) => (days !== null && days > iamReadDays ? 'no' : 'unknown'),
  lostSession: (days) => (days !== null && days > iamReadDays ? 'no' : 'unknown'),
}
const many = [
  'Encrypt',
  'Decrypt',
  'ReEncryptFrom',
  'ReEncryptTo',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
]
type Made = {
  keyArn: string
  grantId: string
  grantee: Grantee
  days: number | null
  operations: string[]
  context: string | null
  gone: boolean
  change: 'none' | 'made' | 'named' | 'posing' | 'adopted' | 'endless' | 'reverted'
  changeId: string
}
const made: fc.Arbitrary<Omit<Made, 'grantId' | 'changeId'>> = fc.record({
  keyArn: fc.constantFrom(1, 2).map((n) => `arn:aws:kms:eu-west-1:${here}:key/k${n}`),
  grantee: fc.constantFrom(...(Object.keys(grantees) as Grantee[])),
  days: fc.constantFrom(1, 30, 89, 91, 400, null),
  operations: fc.constantFrom(
    ['Decrypt'],
    ['DescribeKey', 'Decrypt'],
    ['Decrypt', 'DescribeKey'],
    ['CreateGrant', 'Encrypt'],
    many,
    ['Sign'],
  ),
  context: fc.option(fc.constantFrom('a', 'b')),
  gone: fc.boolean(),
  change: fc.constantFrom(
    'none',
    'none',
    'made',
    'named',
    'posing',
    'adopted',
    'endless',
    'reverted',
  ),
})
export const fleet: Made[] = fc
  .sample(made, { numRuns: 160, seed: 11 })
  .map((one, n) => ({ ...one, grantId: `g${n}`, changeId: randomUUID() }))

const accountOf = (grantee: Grantee) => /\b\d{12}\b/.exec(grantees[grantee])?.[0] ?? null
const isService = ({ grantee }: Made) => grantee === 'service' || grantee === 'instance'
const twinOf = (one: Made) =>
  JSON.stringify([one.keyArn, one.grantee, [...one.operations].sort(), one.context])
const crosses = ({ grantee }: Made) => accountOf(grantee) !== null && accountOf(grantee) !== here

function isBroad(one: Made): boolean {
  if (isService(one)) return false
  return (
    one.operations.includes('CreateGrant') ||
    one.operations.length > 7 ||
    one.grantee === 'root' ||
    one.grantee === 'farRoot' ||
    (one.operations.includes('Decrypt') && one.context === null && crosses(one))
  )
}
export function flagsOf(one: Made): GrantFlag[] {
  const is: Record<GrantFlag, boolean> = {
    orphaned: isThere[one.grantee](one.days) === 'no',
    duplicate:
      !one.gone && fleet.filter((other) => !other.gone && twinOf(other) === twinOf(one)).length > 1,
    overBroad: isBroad(one),
    crossAccount: crosses(one),
    withoutEnd: !isService(one) && !one.gone && !['made', 'named', 'adopted'].includes(one.change),
    old: one.days !== null && one.days > 90,
  }
  return grantFlags.filter((flag) => is[flag])
}
export const issuerOf = (one: Made) =>
  ['made', 'named', 'endless', 'reverted'].includes(one.change)
    ? 'claviger'
    : isService(one)
      ? 'awsService'
      : 'human'
export const knownOf = (one: Made) =>
  issuerOf(one) === 'claviger'
    ? 'request'
    : one.change === 'adopted'
      ? 'adopted'
      : isService(one)
        ? 'awsService'
        : 'nobody'

/** Stores the fleet with its accounts, IAM and changes. */
export async function storeFleet(): Promise<void> {
  for (const id of [here, read, unread])
    await sql.execute(
      `INSERT INTO "Account" (id, name, source, path, "onlyRegions") VALUES ($1, $1, 'page', '{}', '{}')`,
      [id],
    )
  for (const id of [here, read])
    await sql.execute(
      `INSERT INTO "LastRead" ("accountId", region, slice, "iamAt") VALUES ($1, '', 0, $2)`,
      [id, ago(iamReadDays)],
    )
  for (const [arn, gone] of [
    [grantees.app, null],
    [grantees.other, null],
    [grantees.deleted, ago(iamReadDays)],
  ] as const) {
    const [, , , , accountId, path = ''] = arn.split(':')
    await sql.execute(
      `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details,
        "observedAt", "goneAt") VALUES ($1, $2, $3, $4, '/', $1, '{}', now(), $5)`,
      [arn, accountId, path.split('/')[0], path.split('/').at(-1), gone],
    )
  }
  const person = randomUUID()
  await sql.execute(
    `INSERT INTO "Person" (id, issuer, subject, email, name, groups)
      VALUES ($1::uuid, 'x', 'x', 'ann@example.com', 'Ann', '{}')`,
    [person],
  )
  await sql.execute(`ALTER TABLE "Change" DISABLE TRIGGER change_step`)
  for (const one of fleet) await addChange(one, person)
  await sql.execute(
    'INSERT INTO "Grant" SELECT * FROM jsonb_populate_recordset(null::"Grant", $1::jsonb)',
    [
      JSON.stringify(
        fleet.map((one) => ({
          keyArn: one.keyArn,
          grantId: one.grantId,
          accountId: here,
          region: 'eu-west-1',
          name: ['made', 'named', 'posing'].includes(one.change) ? one.changeId : null,
          createdAt: one.days === null ? null : ago(one.days),
          granteePrincipal: grantees[one.grantee],
          operations: one.operations,
          constraints:
            one.context === null ? null : { EncryptionContextEquals: { c: one.context } },
          issuerClass: isService(one) ? 'awsService' : 'human',
          granteeAccountId: accountOf(one.grantee),
          firstSeenAt: ago(1),
          observedAt: ago(0),
          goneAt: one.gone ? ago(0) : null,
        })),
      ),
    ],
  )
}

/**
 * `posing`: somebody made another grant with the name of a change of ours, which AWS
 * answered with a different id.
 */
async function addChange(
  { change, changeId, keyArn, grantId }: Made,
  person: string,
): Promise<void> {
  if (change === 'none') return
  const [request] = await sql.query<{ id: string }>(
    `INSERT INTO "Request" (id, title, "requesterId", "requesterName", justification)
      VALUES (gen_random_uuid(), 't', $1::uuid, 'Ann', 'because') RETURNING id`,
    [person],
  )
  const outcome =
    change === 'named' ? null : { grantId: change === 'posing' ? `${grantId}-ours` : grantId }
  const kind = change === 'adopted' ? 'grant-adopt' : 'grant-create'
  await sql.execute(
    `INSERT INTO "Change" (id, "requestId", position, kind, "accountId", region, "keyArn", input,
      title, risk, baseline, "baselineHash", "baselineAt", preflight, status, outcome, "endsAt",
      sends, "appliedAt")
     VALUES ($1::uuid, $2::uuid, 1, $3, $4, 'eu-west-1', $5,
       '{"owner": "data team", "reason": "nightly"}', 't', 'low', '{}', 'h', now(), '{}',
       $6::"ChangeStatus", $7, $8, 1, now())`,
    [
      changeId,
      request?.id,
      kind,
      here,
      keyArn,
      change === 'reverted' ? 'reverted' : 'applied',
      outcome,
      change === 'endless' ? null : ago(-5),
    ],
  )
}
