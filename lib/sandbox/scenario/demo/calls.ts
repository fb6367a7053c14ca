import type { Input } from '../../call'
import { describe } from '../../kms/metadata'
import {
  findCreationTime,
  findGrantTime,
  findOfficeTime,
  findScheduleTime,
  listRotations,
  makeKey,
  makeKeyArn,
  makeMaterialId,
  type Times,
} from '../keys'
import { DAY, makeWorld } from '../make'
import type { GrantPlan, KeyPlan, PastPlan } from '../plan'
import { randomFor } from '../random'
import { listTimes, TRAIL_DAYS } from './calendar'
import { PERSON, ssoArn } from './people'

/** One call of the past, before it is written down for whoever gets to see it. */
export type PastCall = {
  /** Names the call: its ids hang on it. */
  id: string
  at: number
  /** Role or user ARN, `service:<name>`, or `kms` for what KMS does by itself. */
  by: string
  session?: string
  via?: string
  operation: string
  plan: KeyPlan
  /** Request and answer as KMS has them: records are written of them as of live ones. */
  input: Input
  output?: Input
  details?: Record<string, unknown>
  error?: { code: string; message: string }
}

const CRYPTO = new Set([
  'Encrypt',
  'Decrypt',
  'ReEncrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'GenerateMac',
  'VerifyMac',
  'Sign',
  'Verify',
  'DeriveSharedSecret',
  'Encapsulate',
  'Decapsulate',
])
export const isCrypto = (operation: string) => CRYPTO.has(operation)

/** Lists the use of one key: the single use first, then each habit from its oldest call on. */
export function listTraffic({ seed, now }: Times, plan: KeyPlan): PastCall[] {
  const arn = makeKeyArn(seed, plan)
  const habits = (plan.traffic ?? []).flatMap((traffic, line) => {
    const name = `${plan.handle}/traffic/${line}`
    const input = {
      ...nameKey(plan, traffic.operation, arn),
      ...traffic.parameters,
      ...nameContext(traffic.operation, traffic.context),
    }
    return listTimes(seed, now, name, traffic).map(
      (at, index): PastCall => ({
        id: `${name}/${at}/${index}`,
        at,
        by: traffic.by,
        session: traffic.session,
        via: traffic.via,
        operation: traffic.operation,
        plan,
        input,
        error: traffic.error,
      }),
    )
  })
  return [...listSingleUse({ seed, now }, plan), ...habits]
}

/** A symmetric ciphertext says by itself whose it is; ReEncrypt names where it goes. */
function nameKey(plan: KeyPlan, operation: string, arn: string): Input {
  if (operation === 'ReEncrypt') return { DestinationKeyId: arn }
  const isFound = operation === 'Decrypt' && (plan.spec ?? symmetric) === symmetric
  return isFound ? {} : { KeyId: arn }
}

const symmetric = 'SYMMETRIC_DEFAULT'

function nameContext(operation: string, context: Record<string, string> | undefined): Input {
  if (!context) return {}
  return operation === 'ReEncrypt'
    ? { SourceEncryptionContext: context, DestinationEncryptionContext: context }
    : { EncryptionContext: context }
}

/** Lists the one use that its plan names, if that is within the trail. */
function listSingleUse({ seed, now }: Times, plan: KeyPlan): PastCall[] {
  if (!plan.lastUsed || plan.lastUsed.daysAgo >= TRAIL_DAYS - 1) return []
  const service = plan.awsManaged?.replace('aws/', '').replace('ebs', 'ec2')
  return [
    {
      id: `${plan.handle}/single-use`,
      at: now - plan.lastUsed.daysAgo * DAY - 3_723_000,
      by: ssoArn(plan.accountId, 'AdministratorAccess'),
      session: PERSON.tomasz,
      via: service,
      operation: plan.lastUsed.operation,
      plan,
      input: nameKey(plan, plan.lastUsed.operation, makeKeyArn(seed, plan)),
    },
  ]
}

/** Finds the last success among them, as GetKeyLastUsage would name it. */
export function findLastUse(times: Times, plan: KeyPlan): PastCall | null {
  const uses = listTraffic(times, plan).filter((call) => !call.error && isCrypto(call.operation))
  return uses.reduce<PastCall | null>(
    (last, call) => (last && last.at >= call.at ? last : call),
    null,
  )
}

/** Lists what led to what is there now: creation, grants, rotations, the calls a plan names. */
export function listChanges(times: Times, plan: KeyPlan): PastCall[] {
  const since = times.now - TRAIL_DAYS * DAY
  return [
    ...listCreation(times, plan),
    ...listGrantCalls(times, plan),
    ...listRotationEvents(times, plan),
    ...listNamed(times, plan),
  ].filter((call) => call.at >= since && call.at < times.now)
}

function listNamed({ seed, now }: Times, plan: KeyPlan): PastCall[] {
  const keyId = makeKeyArn(seed, plan)
  const expired = (plan.imported ?? []).flatMap((material, index): PastCall[] => {
    if (material.expiresInDays === undefined || material.expiresInDays > 0) return []
    const details = {
      keyId: keyId.split('/').at(-1),
      keyMaterialId: makeMaterialId(seed, plan.handle, index),
    }
    return [
      {
        id: `${plan.handle}/expired/${index}`,
        at: now + material.expiresInDays * DAY,
        by: 'kms',
        operation: 'DeleteExpiredKeyMaterial',
        plan,
        input: {},
        details,
      },
    ]
  })
  return [
    ...expired,
    ...(plan.past ?? []).map((past, index): PastCall => {
      const name = `${plan.handle}/past/${index}`
      const scheduled = past.operation === 'ScheduleKeyDeletion' && !past.error
      const at = scheduled
        ? findScheduleTime({ seed, now }, plan)
        : findOfficeTime({ seed, now }, past.daysAgo, name)
      const policy =
        past.operation === 'PutKeyPolicy'
          ? {
              Policy:
                typeof plan.policy === 'string'
                  ? plan.policy
                  : JSON.stringify(plan.policy, null, 2),
            }
          : {}
      return {
        id: name,
        at,
        by: past.by,
        session: past.session,
        operation: past.operation,
        plan,
        input: { KeyId: keyId, ...policy, ...past.parameters },
        output: { KeyId: keyId, ...describeOutcome(seed, plan, past, at) },
        error: past.error,
      }
    }),
  ]
}

/** What the answer of a change says, beside the key. */
function describeOutcome(seed: number, plan: KeyPlan, past: PastPlan, at: number): Input {
  if (past.operation === 'ScheduleKeyDeletion') return describeDeletion(plan, at)
  if (past.operation !== 'ImportKeyMaterial') return {}
  const index = (plan.imported ?? []).findIndex(({ daysAgo }) => daysAgo === past.daysAgo)
  return { KeyMaterialId: makeMaterialId(seed, plan.handle, Math.max(index, 0)) }
}

function describeDeletion(plan: KeyPlan, at: number): Input {
  const KeyState = plan.state === 'PendingReplicaDeletion' ? plan.state : 'PendingDeletion'
  const windowDays = plan.deletion?.windowDays ?? 30
  return {
    KeyState,
    PendingWindowInDays: windowDays,
    ...(KeyState === 'PendingDeletion' ? { DeletionDate: (at + windowDays * DAY) / 1000 } : {}),
  }
}

function listCreation({ seed, now }: Times, plan: KeyPlan): PastCall[] {
  if (plan.createdDaysAgo > TRAIL_DAYS - 1) return []
  const keyId = makeKeyArn(seed, plan)
  const at = findCreationTime({ seed, now }, plan)
  const by = ssoArn(plan.accountId, 'AdministratorAccess')
  const Tags = Object.entries(plan.tags ?? {}).map(([TagKey, TagValue]) => ({ TagKey, TagValue }))
  const call = (
    suffix: string,
    after: number,
    operation: string,
    input: Input,
    output?: Input,
  ): PastCall => ({
    id: `${plan.handle}/${suffix}`,
    at: at + after,
    by,
    session: PERSON.tomasz,
    operation,
    plan,
    input,
    output: output ?? {},
  })
  return [
    call(
      'create',
      0,
      'CreateKey',
      {
        KeyUsage: plan.usage ?? 'ENCRYPT_DECRYPT',
        KeySpec: plan.spec ?? symmetric,
        Origin: plan.origin ?? 'AWS_KMS',
        Description: plan.description ?? '',
        MultiRegion: plan.multiRegion !== undefined,
        ...(Tags.length === 0 ? {} : { Tags }),
      },
      { KeyMetadata: describeNewKey({ seed, now }, plan) },
    ),
    ...(plan.aliases ?? []).map((alias) =>
      call(`alias/${alias}`, 2000, 'CreateAlias', {
        AliasName: `alias/${alias}`,
        TargetKeyId: keyId,
      }),
    ),
  ]
}

/** KeyMetadata as CreateKey answered it: before anything happened to the key. */
function describeNewKey(times: Times, plan: KeyPlan): Input {
  const key = makeKey(times, plan, plan.multiRegion === undefined ? null : plan.region)
  const isEmpty = key.origin === 'EXTERNAL'
  const materials = isEmpty ? [] : key.materials.slice(0, 1)
  return describe(makeWorld('past', times.seed, times.now), {
    ...key,
    state: isEmpty ? 'PendingImport' : 'Enabled',
    deletionAt: null,
    materials: materials.map((material) => ({ ...material, state: 'CURRENT' as const })),
  })
}

function listGrantCalls({ seed, now }: Times, plan: KeyPlan): PastCall[] {
  const keyId = makeKeyArn(seed, plan)
  return (plan.grants ?? []).map((grant, index): PastCall => {
    const name = `grant/${plan.handle}/${index}`
    const at = findGrantTime({ seed, now }, plan, grant, index)
    const service =
      grant.granteeService ??
      (grant.grantee?.endsWith('.amazonaws.com') ? grant.grantee : 'ec2.amazonaws.com')
    return {
      id: name,
      at,
      by: grant.by ?? `service:${service}`,
      operation: 'CreateGrant',
      plan,
      input: describeGrant(keyId, grant),
      output: { GrantId: randomFor(seed, name).hex(64) },
    }
  })
}

function describeGrant(keyId: string, grant: GrantPlan): Input {
  const Constraints = {
    ...(grant.subset ? { EncryptionContextSubset: grant.subset } : {}),
    ...(grant.equals ? { EncryptionContextEquals: grant.equals } : {}),
    ...(grant.sourceArn ? { SourceArn: grant.sourceArn } : {}),
  }
  return {
    KeyId: keyId,
    Operations: grant.operations,
    ...(grant.grantee ? { GranteePrincipal: grant.grantee } : {}),
    ...(grant.granteeService ? { GranteeServicePrincipal: grant.granteeService } : {}),
    ...(grant.retiring ? { RetiringPrincipal: grant.retiring } : {}),
    ...(grant.retiringService ? { RetiringServicePrincipal: grant.retiringService } : {}),
    ...(grant.name ? { Name: grant.name } : {}),
    ...(Object.keys(Constraints).length > 0 ? { Constraints } : {}),
  }
}

function listRotationEvents({ seed, now }: Times, plan: KeyPlan): PastCall[] {
  // A family rotates in its primary's Region.
  if (plan.multiRegion && plan.multiRegion !== 'primary') return []
  const family = plan.handle
  return listRotations(now, plan).map(
    (rotation, index): PastCall => ({
      id: `${plan.handle}/rotation/${index}`,
      at: rotation.at,
      by: 'kms',
      operation: 'RotateKey',
      plan,
      input: {},
      details: {
        rotationType: rotation.type,
        keyOrigin: 'AWS_KMS',
        previousKeyMaterialId: makeMaterialId(seed, family, index),
        currentKeyMaterialId: makeMaterialId(seed, family, index + 1),
        keyId: makeKeyArn(seed, plan).split('/').at(-1),
      },
    }),
  )
}
