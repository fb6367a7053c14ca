import { describe, expect, it } from 'vitest'
import { findRole, findUser } from '../../accounts'
import { decide } from '../../authz/authorize'
import type { Caller } from '../../call'
import { callBy } from '../../test/call'
import { buildScenario } from '../build'
import { makeKeyArn } from '../keys'
import type { KeyPlan, TrafficPlan } from '../plan'
import { OUTSIDE } from './company'
import { KEYS } from './keys'

const now = Date.UTC(2026, 10, 18)
const world = buildScenario({ scenario: 'demo', now })
const strangers: string[] = Object.values(OUTSIDE)

function callerOf(arn: string): Caller {
  const entity = findRole(world, arn) ?? findUser(world, arn)
  if (!entity) throw new Error(`the trail names ${arn}, who is not there`)
  const accountId = arn.split(':')[4] ?? ''
  const common = {
    accountId,
    entityArn: arn,
    accessKeyId: 'AKIATEST',
    sessionPolicies: [],
    sourceIdentity: null,
    sessionCreatedAt: now,
  }
  if (arn.includes(':user/')) return { ...common, kind: 'user', arn, userId: entity.id }
  return {
    ...common,
    kind: 'role-session',
    arn: `arn:aws:sts::${accountId}:assumed-role/${entity.name}/s`,
    userId: `${entity.id}:s`,
  }
}

function isAllowed(plan: KeyPlan, traffic: TrafficPlan): boolean {
  const arn = makeKeyArn(world.seed, plan)
  const key = world.accounts
    .get(plan.accountId)
    ?.regions.get(plan.region)
    ?.keys.get(arn.split('/').at(-1) ?? '')
  if (!key) throw new Error(`no key ${plan.handle}`)
  const context = Object.fromEntries(
    Object.entries(traffic.context ?? {}).map(([name, value]) => [
      `kms:EncryptionContext:${name}`,
      value,
    ]),
  )
  const via = traffic.via ? { 'kms:ViaService': `${traffic.via}.${plan.region}.amazonaws.com` } : {}
  const operation = traffic.operation === 'ReEncrypt' ? 'ReEncryptFrom' : traffic.operation
  // An enclave's attestation document says what it is; nothing here can.
  const attested =
    plan.handle === 'enclave-vault'
      ? {
          'kms:RecipientAttestation:PCR0': PCR.exec(JSON.stringify(plan.policy))?.[1],
          'kms:RecipientAttestation:PCR8': PCR8.exec(JSON.stringify(plan.policy))?.[1],
        }
      : {}
  const call = callBy(world, callerOf(traffic.by), {
    now,
    region: plan.region,
    operation,
    sourceIp: '203.0.113.9',
  })
  return decide(call, {
    action: `kms:${operation}`,
    key,
    resourceArn: arn,
    context: { ...context, ...via, ...attested },
  }).allowed
}

/** Today's policy says nothing of a habit that ended before it was put. */
const endedByPolicy = (plan: KeyPlan, { untilDaysAgo = 0 }: TrafficPlan) =>
  (plan.past ?? []).some(
    ({ operation, daysAgo }) => operation === 'PutKeyPolicy' && daysAgo < untilDaysAgo,
  )

const PCR = /PCR0":"([0-9a-f]+)"/
const PCR8 = /PCR8":"([0-9a-f]+)"/

describe("the demo's trail and its policies", () => {
  const habits = KEYS.flatMap((plan) => (plan.traffic ?? []).map((traffic) => ({ plan, traffic })))
    .filter(({ traffic }) => !strangers.includes(traffic.by.split(':')[4] ?? ''))
    .filter(({ plan, traffic }) => !endedByPolicy(plan, traffic))

  const named = habits.map(({ plan, traffic }) => {
    const name = `${traffic.by.split('/').at(-1)} ${traffic.operation} ${plan.handle} ${traffic.error?.code ?? ''}`
    return { name, plan, traffic }
  })

  it.each(named)('agree: $name', ({ plan, traffic }) => {
    expect(isAllowed(plan, traffic)).toBe(traffic.error?.code !== 'AccessDenied')
  })

  it('hide two keys from the console', () => {
    const hidden = KEYS.filter(
      (plan) =>
        plan.accountId === '527461390288' &&
        !isAllowed(plan, {
          by: 'arn:aws:iam::527461390288:role/ClavigerRead',
          operation: 'DescribeKey',
          perDay: 0,
          shape: 'steady',
        }),
    )
    expect(hidden.map((plan) => plan.handle).sort()).toEqual(['hidden-vault', 'lake-hr'])
  })
})
