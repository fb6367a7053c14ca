import {
  findCreationTime,
  findGrantTime,
  findOfficeTime,
  findScheduleTime,
  listRotations,
  makeKeyArn,
  makeMaterialId,
  type Times,
} from '../keys'
import { DAY } from '../make'
import type { GrantPlan, KeyPlan } from '../plan'
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
  parameters?: Record<string, unknown> | null
  response?: Record<string, unknown>
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
    const named =
      traffic.operation === 'Decrypt'
        ? { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' }
        : { keyId: arn }
    const context = traffic.context ? { encryptionContext: traffic.context } : {}
    const parameters = { ...named, ...traffic.parameters, ...context }
    return listTimes(seed, now, name, traffic).map(
      (at, index): PastCall => ({
        id: `${name}/${at}/${index}`,
        at,
        by: traffic.by,
        session: traffic.session,
        via: traffic.via,
        operation: traffic.operation,
        plan,
        parameters,
        error: traffic.error,
      }),
    )
  })
  return [...listSingleUse(now, plan), ...habits]
}

/** Lists the one use that its plan names, if that is within the trail. */
function listSingleUse(now: number, plan: KeyPlan): PastCall[] {
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
      parameters: service ? { encryptionAlgorithm: 'SYMMETRIC_DEFAULT' } : null,
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
              policy:
                typeof plan.policy === 'string'
                  ? plan.policy
                  : JSON.stringify(plan.policy, null, 2),
            }
          : {}
      const response = past.operation === 'ScheduleKeyDeletion' ? describeDeletion(plan, at) : {}
      return {
        id: name,
        at,
        by: past.by,
        session: past.session,
        operation: past.operation,
        plan,
        parameters: { keyId, ...past.parameters, ...policy },
        response: { keyId, ...response },
        error: past.error,
      }
    }),
  ]
}

function describeDeletion(plan: KeyPlan, at: number): Record<string, unknown> {
  const keyState = plan.state === 'PendingReplicaDeletion' ? plan.state : 'PendingDeletion'
  const windowDays = plan.deletion?.windowDays ?? 30
  // CloudTrail writes this date for people, not as ISO.
  const date = new Date(at + windowDays * DAY).toLocaleString('en-US', {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: 'UTC',
  })
  return {
    keyState,
    pendingWindowInDays: windowDays,
    ...(keyState === 'PendingDeletion' ? { deletionDate: date.replace(/\u202f/g, ' ') } : {}),
  }
}

function listCreation({ seed, now }: Times, plan: KeyPlan): PastCall[] {
  if (plan.createdDaysAgo > TRAIL_DAYS - 1) return []
  const keyId = makeKeyArn(seed, plan)
  const at = findCreationTime({ seed, now }, plan)
  const by = ssoArn(plan.accountId, 'AdministratorAccess')
  const metadata = {
    keyUsage: plan.usage ?? 'ENCRYPT_DECRYPT',
    keySpec: plan.spec ?? 'SYMMETRIC_DEFAULT',
    origin: plan.origin ?? 'AWS_KMS',
  }
  const tags = Object.entries(plan.tags ?? {}).map(([tagKey, tagValue]) => ({ tagKey, tagValue }))
  const call = (
    suffix: string,
    after: number,
    operation: string,
    parameters: Record<string, unknown>,
  ): PastCall => ({
    id: `${plan.handle}/${suffix}`,
    at: at + after,
    by,
    session: PERSON.tomasz,
    operation,
    plan,
    parameters,
    response: { keyId },
  })
  return [
    call('create', 0, 'CreateKey', {
      ...metadata,
      description: plan.description ?? '',
      bypassPolicyLockoutSafetyCheck: false,
      multiRegion: plan.multiRegion !== undefined,
      tags,
    }),
    ...(plan.aliases ?? []).map((alias) =>
      call(`alias/${alias}`, 2000, 'CreateAlias', {
        aliasName: `alias/${alias}`,
        targetKeyId: keyId,
      }),
    ),
  ]
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
      parameters: describeGrant(keyId, grant),
      response: { grantId: randomFor(seed, name).hex(64), keyId },
    }
  })
}

function describeGrant(keyId: string, grant: GrantPlan): Record<string, unknown> {
  const constraints = {
    ...(grant.subset ? { encryptionContextSubset: grant.subset } : {}),
    ...(grant.equals ? { encryptionContextEquals: grant.equals } : {}),
    ...(grant.sourceArn ? { sourceArn: grant.sourceArn } : {}),
  }
  return {
    keyId,
    operations: grant.operations,
    ...(grant.grantee ? { granteePrincipal: grant.grantee } : {}),
    ...(grant.granteeService ? { granteeServicePrincipal: grant.granteeService } : {}),
    ...(grant.retiring ? { retiringPrincipal: grant.retiring } : {}),
    ...(grant.name ? { name: grant.name } : {}),
    ...(Object.keys(constraints).length > 0 ? { constraints } : {}),
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
