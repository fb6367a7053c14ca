import { mayAskLastUse, mayAskRotations } from '../inventory/sync/key-facts'

type Query = <T extends object>(text: string, params?: unknown[]) => Promise<T[]>
type Control = <T = unknown>(method: string, name: string, body?: unknown) => Promise<T>

type TruthKey = {
  metadata: Record<string, unknown> & { KeyId: string; Arn: string }
  aliases: string[]
  tags: Record<string, string>
  policy: string
  grants: Record<string, unknown>[]
  rotation: {
    enabled: boolean
    periodDays: number | null
    nextAt: number | null
    onDemandStartedAt: number | null
  } | null
  materials: Record<string, unknown>[]
  lastUsage: { operation: string; at: number } | null
}
type TruthPage = {
  keys: TruthKey[]
  aliases: { name: string; targetKeyId: string | null }[]
  next?: string
  keyCount: number
}

export type Difference = { arn: string; field: string; truth: unknown; stored: unknown }

/**
 * Compares everything stored of one account and Region with what the sandbox
 * says is there, field by field.
 */
export async function compareWithTruth(
  query: Query,
  control: Control,
  account: string,
  region: string,
): Promise<{ keys: number; fields: number; differences: Difference[] }> {
  const stored = await readStored(query, account, region)
  const differences: Difference[] = []
  let fields = 0
  const check = (arn: string, field: string, truth: unknown, was: unknown) => {
    fields += 1
    if (canonical(truth) !== canonical(was)) differences.push({ arn, field, truth, stored: was })
  }
  let keys = 0
  for (let after: string | undefined, page: TruthPage; ; after = page.next) {
    page = await control<TruthPage>(
      'GET',
      `truth?account=${account}&region=${region}&limit=1000${after === undefined ? '' : `&after=${after}`}`,
    )
    for (const truth of page.keys) {
      const row = stored.get(truth.metadata.Arn)
      keys += 1
      check(truth.metadata.Arn, 'is stored', true, row !== undefined)
      if (row) compareKey(truth, row, (field, was, is) => check(truth.metadata.Arn, field, was, is))
      stored.delete(truth.metadata.Arn)
    }
    if (page.next === undefined) {
      const aliases = await query<{ name: string; targetKeyId: string | null }>(
        `SELECT "name", "targetKeyId" FROM "Alias" WHERE "accountId" = $1 AND "region" = $2`,
        [account, region],
      )
      check(
        region,
        'aliases',
        sortBy(
          page.aliases.map(({ name, targetKeyId }) => ({ name, targetKeyId })),
          'name',
        ),
        sortBy(aliases, 'name'),
      )
      break
    }
  }
  for (const arn of stored.keys()) check(arn, 'exists', false, true)
  return { keys, fields, differences }
}

type StoredKey = Record<string, unknown> & {
  metadata: Record<string, unknown>
  grants: Record<string, unknown>[]
  materials: Record<string, unknown>[]
  keyState: string | null
  keySpec: string | null
  keyManager: string | null
  origin: string | null
}

async function readStored(
  query: Query,
  account: string,
  region: string,
): Promise<Map<string, StoredKey>> {
  const rows = await query<StoredKey & { arn: string }>(
    `SELECT k.*, d."text" AS "policyText",
       coalesce((SELECT jsonb_agg(to_jsonb(g)) FROM "Grant" g
       WHERE g."keyArn" = k."arn" AND g."goneAt" IS NULL), '[]') AS "grants",
       coalesce((SELECT jsonb_agg(to_jsonb(m) ORDER BY m."id") FROM "KeyMaterial" m
       WHERE m."keyArn" = k."arn"), '[]') AS "materials"
     FROM "Key" k LEFT JOIN "PolicyDocument" d ON d."hash" = k."policyHash"
     WHERE k."accountId" = $1 AND k."region" = $2 AND k."goneAt" IS NULL`,
    [account, region],
  )
  return new Map(rows.map((row) => [row.arn, row]))
}

function compareKey(
  truth: TruthKey,
  row: StoredKey,
  check: (field: string, truth: unknown, stored: unknown) => void,
): void {
  const was = truth.metadata
  for (const field of new Set([...Object.keys(was), ...Object.keys(row.metadata ?? {})]))
    check(`metadata.${field}`, time(was[field]), time(row.metadata?.[field]))
  for (const [column, field] of columns) check(column, time(was[field]), time(row[column]))
  check('aliases', truth.aliases, row.aliases)
  check('tags', truth.tags, row.tags)
  check('policy', truth.policy, row.policyText)
  check('problems', {}, row.problems)
  check(
    'grants',
    sortBy(truth.grants.map(flattenGrant), 'grantId'),
    sortBy(row.grants.map(storedGrant), 'grantId'),
  )
  check('grantCount', truth.grants.length, row.grantCount)
  check(
    'rotation',
    truth.rotation === null ? 'notApplicable' : truth.rotation.enabled ? 'on' : 'off',
    row.rotation,
  )
  check('rotationPeriodDays', truth.rotation?.periodDays ?? null, row.rotationPeriodDays)
  check('nextRotationAt', time(truth.rotation?.nextAt), time(row.nextRotationAt))
  check('onDemandStartedAt', time(truth.rotation?.onDemandStartedAt), time(row.onDemandStartedAt))
  if (mayAskRotations(row))
    check(
      'materials',
      sortBy(truth.materials.map(truthMaterial), 'id'),
      sortBy(row.materials.map(storedMaterial), 'id'),
    )
  if (mayAskLastUse(row)) {
    check('lastUsedAt', time(truth.lastUsage?.at), time(row.lastUsedAt))
    check('lastUsedOperation', truth.lastUsage?.operation ?? null, row.lastUsedOperation)
  }
}

const columns = [
  ['description', 'Description'],
  ['keyState', 'KeyState'],
  ['keySpec', 'KeySpec'],
  ['keyUsage', 'KeyUsage'],
  ['origin', 'Origin'],
  ['keyManager', 'KeyManager'],
  ['createdAt', 'CreationDate'],
  ['deletionAt', 'DeletionDate'],
  ['validTo', 'ValidTo'],
  ['expirationModel', 'ExpirationModel'],
  ['customKeyStoreId', 'CustomKeyStoreId'],
  ['currentKeyMaterialId', 'CurrentKeyMaterialId'],
] as const

/** A grant's operations are a set: ListGrants has its own order of them. */
const asSet = (list: unknown) => (Array.isArray(list) ? list.map(String).sort() : list)

function flattenGrant(grant: Record<string, unknown>) {
  const {
    encryptionContextSubset: subset,
    encryptionContextEquals: equals,
    sourceArn,
    ...rest
  } = grant
  const constraints = {
    ...(subset ? { EncryptionContextSubset: subset } : {}),
    ...(equals ? { EncryptionContextEquals: equals } : {}),
    ...(sourceArn ? { SourceArn: sourceArn } : {}),
  }
  return {
    ...rest,
    createdAt: time(rest.createdAt),
    operations: asSet(rest.operations),
    constraints,
  }
}

function storedGrant(row: Record<string, unknown>) {
  const {
    grantId,
    name,
    createdAt,
    granteePrincipal,
    granteeServicePrincipal,
    retiringPrincipal,
    retiringServicePrincipal,
    issuingAccount,
    operations,
    constraints,
  } = row
  return {
    grantId,
    name,
    createdAt: time(createdAt),
    granteePrincipal,
    granteeServicePrincipal,
    retiringPrincipal,
    retiringServicePrincipal,
    issuingAccount,
    operations: asSet(operations),
    constraints: constraints ?? {},
  }
}

const truthMaterial = (one: Record<string, unknown>) => ({
  ...one,
  validTo: time(one.validTo),
  rotatedAt: time(one.rotatedAt),
})
const storedMaterial = (one: Record<string, unknown>) => ({
  id: one.keyMaterialId,
  state: one.keyMaterialState,
  importState: one.importState,
  expirationModel: one.expirationModel,
  validTo: time(one.validTo),
  description: one.description,
  rotatedAt: time(one.rotationDate),
  rotationType: one.rotationType,
})

/**
 * Times as epoch ms, whether they came as epoch seconds, Date or ISO text; all
 * else as it is, absent as null.
 */
function time(value: unknown): unknown {
  if (value instanceof Date) return value.getTime()
  if (typeof value === 'number' && value > 1e9 && value < 1e11) return Math.round(value * 1000)
  if (typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+(Z|\+00:00)$/.test(value))
    return Date.parse(value)
  return value ?? null
}

function sortBy<T extends Record<string, unknown>>(rows: readonly T[], field: string): T[] {
  return rows.toSorted((a, b) => (String(a[field]) < String(b[field]) ? -1 : 1))
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : (part ?? null),
  )
}
