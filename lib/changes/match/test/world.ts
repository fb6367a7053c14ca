/**
 * Random worlds for matching: changes of Claviger whose calls leave, are answered and are seen in any
 * order, between what others do in the same account. Each world knows whose each of its events is.
 */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import type { Origin } from '../origin'

const kinds = {
  'key-disable': ['DisableKey', 'EnableKey'],
  tag: ['TagResource', 'UntagResource'],
  'grant-create': ['CreateGrant', 'RevokeGrant'],
  replicate: ['ReplicateKey'],
  'primary-update': ['UpdatePrimaryRegion'],
  'key-create': ['CreateKey'],
} as const
type KindName = keyof typeof kinds

/** What others do; `forged`: in the name of a change. */
const others = [
  'stranger',
  'forgedGrant',
  'writeRoleAlone',
  'forgedKey',
  'forgedOperation',
  'forgedPerson',
  'forgedOnce',
  'otherRole',
  'rotation',
  'serviceGrant',
  'cloudFormation',
  'elsewhere',
  'before',
  'dryRun',
  'denied',
] as const
type Other = (typeof others)[number]

type PlannedChange = {
  kind: KindName
  /** Undone at its end, too. */
  undone: boolean
  /** Its answers were lost, so no request ID was kept. */
  lost: boolean
  /** The round in which each step happens, and how much later the next comes. */
  at: number
  answeredAfter: number
  seenAfter: number
}
type Plan = { changes: PlannedChange[]; others: { what: Other; at: number }[] }

export const rounds = 4
const later = fc.nat(2)
export const plan: fc.Arbitrary<Plan> = fc.record({
  changes: fc.array(
    fc.record({
      kind: fc.constantFrom(...(Object.keys(kinds) as KindName[])),
      undone: fc.boolean(),
      lost: fc.boolean(),
      at: fc.nat(1),
      answeredAfter: later,
      seenAfter: later,
    }),
    { minLength: 1, maxLength: 3 },
  ),
  others: fc.array(fc.record({ what: fc.constantFrom(...others), at: fc.nat(rounds - 1) }), {
    maxLength: 4,
  }),
})

export type StoredChange = {
  id: string
  requestId: string
  requesterId: string
  kind: string
  accountId: string
  region: string
  keyArn: string | null
}
/** What a round does to a change. */
export type Step = { id: string; sends: number; undoSends: number; requestIds: string[] }
type Expected = { origin: Origin; changeId: string | null } | null

export type World = {
  accountId: string
  changes: StoredChange[]
  steps: Step[][]
  records: string[][]
  /** By event id; null: it has no row. */
  expected: Map<string, Expected>
}

const region = 'eu-west-1'
const elsewhere = 'us-east-1'
const began = Date.UTC(2026, 10, 20, 12)

type Call = {
  operation: string
  keyArn: string | null
  region?: string
  identity: object
  requestId?: string
  grantName?: string
  minute?: number
  errorCode?: string
  eventType?: string
}

/** Lays out a plan in one account. */
export function makeWorld(planned: Plan, n: number): World {
  const accountId = String(200_000_000_000 + n)
  const world: World = {
    accountId,
    changes: [],
    steps: Array.from({ length: rounds }, () => []),
    records: Array.from({ length: rounds }, () => []),
    expected: new Map(),
  }
  const see = (round: number, call: Call, expected: Expected) => {
    const eventID = randomUUID()
    world.expected.set(eventID, expected)
    world.records[Math.min(round, rounds - 1)]?.push(recordOf(accountId, eventID, call))
  }
  for (const change of planned.changes) addChange(world, change, see)
  for (const one of planned.others) addOther(world, one.what, one.at, planned, see)
  return world
}

type See = (round: number, call: Call, expected: Expected) => void

const mrkIn = (accountId: string, where: string, id: string) =>
  `arn:aws:kms:${where}:${accountId}:key/mrk-${id.replaceAll('-', '')}`

function addChange(world: World, planned: PlannedChange, see: See): void {
  const { accountId } = world
  const id = randomUUID()
  const { kind, lost, at, answeredAfter, seenAfter } = planned
  const keyArn = kind === 'key-create' ? null : mrkIn(accountId, region, id)
  const change = {
    id,
    requestId: randomUUID(),
    requesterId: randomUUID(),
    kind,
    accountId,
    region,
    keyArn,
  }
  world.changes.push(change)
  const [doing, undoing] = kinds[kind]
  const calls = [doing, ...(planned.undone && undoing ? [undoing] : [])]
  const requestIds = calls.map(() => randomUUID())
  const step = (round: number, answered: boolean) =>
    world.steps[Math.min(round, rounds - 1)]?.push({
      id,
      sends: 1,
      undoSends: calls.length - 1,
      requestIds: answered ? requestIds : [],
    })
  step(at, false)
  if (!lost) step(at + answeredAfter, true)
  const ours = { origin: 'change', changeId: id } as const
  const other = keyArn && mrkIn(accountId, elsewhere, id)
  calls.forEach((operation, n) => {
    const call = { operation, identity: sessionOf(change), requestId: requestIds[n] }
    const grantName = operation === 'CreateGrant' ? id : undefined
    see(
      at + seenAfter,
      { ...call, keyArn: keyArn ?? mrkIn(accountId, region, id), grantName },
      ours,
    )
    if (operation === 'ReplicateKey')
      see(
        at + seenAfter,
        { ...call, operation: 'CreateKey', keyArn: other, region: elsewhere },
        ours,
      )
    if (operation === 'UpdatePrimaryRegion')
      see(at + seenAfter, { ...call, keyArn: other, region: elsewhere }, ours)
  })
}

const sessionOf = (change: StoredChange, over: { role?: string; person?: string } = {}) =>
  assumed(
    change.accountId,
    over.role ?? 'ClavigerWrite',
    change.id,
    over.person ?? change.requesterId,
  )

function assumed(
  accountId: string,
  role: string,
  session: string,
  sourceIdentity?: string,
): object {
  return {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role}/${session}`,
    accountId,
    sessionContext: {
      sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${accountId}:role/${role}`, accountId },
      ...(sourceIdentity ? { sourceIdentity } : {}),
    },
  }
}

function addOther(world: World, what: Other, at: number, planned: Plan, see: See): void {
  const { accountId } = world
  const keyArn = `arn:aws:kms:${region}:${accountId}:key/${randomUUID()}`
  const [change] = world.changes
  if (!change) return
  const person = assumed(accountId, 'Admin', 'ann')
  const own = { operation: kinds[change.kind as KindName][0], keyArn: change.keyArn }
  const flagged = (changeId: string | null = null) => ({ origin: 'outOfBand', changeId }) as const
  const as = (origin: Origin) => ({ origin, changeId: null })
  const named = change.keyArn ?? keyArn
  const grantName = own.operation === 'CreateGrant' ? change.id : undefined
  const all: Record<Other, () => void> = {
    stranger: () => see(at, { operation: 'DisableKey', keyArn, identity: person }, flagged()),
    forgedGrant: () =>
      see(
        at,
        { operation: 'CreateGrant', keyArn: named, identity: person, grantName: change.id },
        flagged(change.id),
      ),
    writeRoleAlone: () =>
      see(
        at,
        { operation: 'PutKeyPolicy', keyArn, identity: assumed(accountId, 'ClavigerWrite', 'me') },
        flagged(),
      ),
    forgedKey: () =>
      see(
        at,
        { ...own, keyArn, region: elsewhere, identity: sessionOf(change), grantName },
        flagged(change.id),
      ),
    forgedOperation: () =>
      see(
        at,
        { operation: 'ScheduleKeyDeletion', keyArn: named, identity: sessionOf(change) },
        flagged(change.id),
      ),
    forgedPerson: () =>
      see(
        at,
        {
          ...own,
          keyArn: named,
          identity: sessionOf(change, { person: randomUUID() }),
          grantName,
        },
        flagged(change.id),
      ),
    // Known for a second one only where AWS's answers are known.
    forgedOnce: () => {
      if (planned.changes[0]?.lost) return
      see(at, { ...own, keyArn: named, identity: sessionOf(change), grantName }, flagged(change.id))
    },
    otherRole: () =>
      see(
        at,
        { ...own, keyArn: named, identity: sessionOf(change, { role: 'Admin' }), grantName },
        flagged(change.id),
      ),
    rotation: () =>
      see(
        at,
        {
          operation: 'RotateKey',
          keyArn: named,
          identity: { accountId, invokedBy: 'AWS Internal' },
          eventType: 'AwsServiceEvent',
        },
        as('aws'),
      ),
    serviceGrant: () =>
      see(
        at,
        {
          operation: 'CreateGrant',
          keyArn: named,
          identity: { ...person, invokedBy: 'ec2.amazonaws.com' },
        },
        as('aws'),
      ),
    cloudFormation: () =>
      see(
        at,
        {
          operation: 'PutKeyPolicy',
          keyArn,
          identity: { ...person, invokedBy: 'cloudformation.amazonaws.com' },
        },
        flagged(),
      ),
    elsewhere: () =>
      see(
        at,
        {
          operation: 'CreateGrant',
          keyArn: `arn:aws:kms:${region}:999988887777:key/${randomUUID()}`,
          identity: person,
        },
        as('elsewhere'),
      ),
    before: () =>
      see(
        at,
        { operation: 'DisableKey', keyArn, identity: person, minute: -60 * 24 * 40 },
        as('before'),
      ),
    dryRun: () =>
      see(
        at,
        {
          ...own,
          keyArn: named,
          identity: sessionOf(change),
          errorCode: 'DryRunOperationException',
          grantName,
        },
        null,
      ),
    denied: () =>
      see(
        at,
        { operation: 'DisableKey', keyArn, identity: person, errorCode: 'AccessDenied' },
        null,
      ),
  }
  all[what]()
}

function recordOf(accountId: string, eventID: string, call: Call): string {
  const { operation, keyArn, identity, requestId, grantName, errorCode, minute = 1 } = call
  const at = new Date(began + minute * 60_000).toISOString().replace('.000', '')
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: identity,
    eventTime: at,
    eventSource: 'kms.amazonaws.com',
    eventName: operation,
    awsRegion: call.region ?? region,
    sourceIPAddress: '198.51.100.7',
    userAgent: 'claviger',
    ...(errorCode ? { errorCode } : {}),
    requestParameters: { ...(grantName ? { name: grantName, granteePrincipal: 'x' } : {}) },
    responseElements: operation === 'CreateGrant' ? { grantId: eventID } : null,
    requestID: requestId ?? randomUUID(),
    eventID,
    readOnly: false,
    resources: keyArn ? [{ accountId, type: 'AWS::KMS::Key', ARN: keyArn }] : [],
    eventType: call.eventType ?? 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: accountId,
  })
}
