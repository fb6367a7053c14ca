/** Whose a mutation is that the trail saw (lib/changes/README.md, "Matching"). Pure. */
import { accountOfArn, parseKeyArn } from '../../kms/arn'
import type { PrincipalKind } from '../../trail/event'

/** A successful call that changes something, as its record has it. */
export type Mutation = {
  accountId: string
  eventId: string
  occurredAt: Date
  region: string
  operation: string
  eventType: string | null
  keyArn: string | null
  moreKeys: readonly string[]
  principalKind: PrincipalKind
  principal: string
  session: string | null
  sourceIdentity: string | null
  via: string | null
  requestId: string | null
  grantName: string | null
}

/** What is known here of a change whose calls might have reached AWS. */
export type SentChange = {
  id: string
  accountId: string
  region: string
  keyArn: string | null
  requesterId: string
  /** What it calls, doing it and undoing it. */
  operations: readonly string[]
  /** Calls that may have reached AWS, doing it and undoing it. */
  sends: number
  startedAt: Date | null
  lastSentAt: Date | null
  /** Those of the calls that AWS answered. */
  requestIds: readonly string[]
}

/** An account that is connected here. */
export type Home = { createdAt: Date; writeRoleArn: string | null }

/** What it counts as, by which rule. */
const rules = {
  byChange: 'change',
  service: 'aws',
  serviceGrant: 'aws',
  otherAccountsKey: 'elsewhere',
  beforeConnected: 'before',
  byOthers: 'outOfBand',
  writeRoleAlone: 'outOfBand',
  notAsSent: 'outOfBand',
  moreThanSent: 'outOfBand',
  borrowedName: 'outOfBand',
} as const
export type Why = keyof typeof rules
export type Origin = (typeof rules)[Why]

/** `changeId`: of the change that made it, or that it claims to be of. */
export type Judged = { mutation: Mutation; origin: Origin; why: Why; changeId: string | null }

/** What matching knows. `hasServiceGrants`: grants that services make count as out of band. */
export type Known = {
  changes: ReadonlyMap<string, SentChange>
  homes: ReadonlyMap<string, Home>
  hasServiceGrants: boolean
}

const changeIdPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const idOrNull = (text: string | null) => (text && changeIdPattern.test(text) ? text : null)

/** Returns the id of the change that a mutation claims to be of, by its session or its grant. */
export const claimOf = ({ session, grantName }: Mutation): string | null =>
  idOrNull(session) ?? idOrNull(grantName)

/**
 * Judges mutations. Those that claim to be of one change must all be given together, since no more
 * of them are ours than left here; with the same facts the answer is the same, whatever the order
 * in which they came.
 */
export function judge(mutations: readonly Mutation[], known: Known): Judged[] {
  const byClaim = new Map<string | null, Mutation[]>()
  for (const one of mutations) {
    const claim = claimOf(one)
    byClaim.set(claim, [...(byClaim.get(claim) ?? []), one])
  }
  return [...byClaim].flatMap(([claim, some]) => {
    const change = claim === null ? undefined : known.changes.get(claim)
    if (!change) return some.map((one) => judgeOthers(one, claim, 'byOthers', known))
    return judgeClaims(some, change, known)
  })
}

/** Of those that claim one change, and fit it, as many are its own as left here. */
function judgeClaims(claims: readonly Mutation[], change: SentChange, known: Known): Judged[] {
  const ranked = [...claims].sort(
    (a, b) =>
      Number(isAnswered(b, change)) - Number(isAnswered(a, change)) ||
      a.occurredAt.getTime() - b.occurredAt.getTime() ||
      (a.eventId < b.eventId ? -1 : 1),
  )
  const taken = new Map<string, number>()
  return ranked.map((mutation) => {
    const misfit = findMisfit(mutation, change, known)
    if (misfit) return judgeOthers(mutation, change.id, misfit, known)
    const count = (taken.get(mutation.region) ?? 0) + 1
    taken.set(mutation.region, count)
    return count > change.sends
      ? judgeOthers(mutation, change.id, 'moreThanSent', known)
      : { mutation, origin: rules.byChange, why: 'byChange', changeId: change.id }
  })
}

const isAnswered = ({ requestId }: Mutation, { requestIds }: SentChange) =>
  requestId !== null && requestIds.includes(requestId)

/** Clocks differ, and a session lives for a quarter of an hour. */
const toleranceMs = 3_600_000

/** Why a mutation is not of the change that it names; null: it is, as far as one can tell. */
function findMisfit(mutation: Mutation, change: SentChange, { homes }: Known): Why | null {
  const answered = isAnswered(mutation, change)
  const isWriteRole = mutation.principal === homes.get(mutation.accountId)?.writeRoleArn
  if (mutation.session !== change.id || !(isWriteRole || answered)) return 'borrowedName'
  const at = mutation.occurredAt.getTime()
  const { startedAt, lastSentAt } = change
  const isInTime =
    answered ||
    (startedAt !== null &&
      lastSentAt !== null &&
      at >= startedAt.getTime() - toleranceMs &&
      at <= lastSentAt.getTime() + toleranceMs)
  const isAsSent =
    mutation.accountId === change.accountId &&
    mutation.sourceIdentity === change.requesterId &&
    change.operations.includes(mutation.operation) &&
    isOfKey(mutation, change) &&
    (mutation.operation !== 'CreateGrant' || mutation.grantName === change.id)
  if (!isAsSent || !isInTime) return 'notAsSent'
  // Every call of it was answered: AWS's ids of the answers are all there are.
  const isAllKnown = change.requestIds.length >= change.sends
  return isAllKnown && !answered && mutation.region === change.region ? 'moreThanSent' : null
}

/**
 * ReplicateKey and UpdatePrimaryRegion leave a second record in the other Region, about the key of
 * the same ID there.
 */
function isOfKey({ keyArn, moreKeys, region }: Mutation, change: SentChange): boolean {
  if (change.keyArn === null) return region === change.region
  const wanted = parseKeyArn(change.keyArn)
  const named = [keyArn, ...moreKeys].flatMap((arn) => (arn && parseKeyArn(arn)) || [])
  return (
    named.length === 0 ||
    named.some(
      (key) =>
        key.keyId === wanted?.keyId &&
        key.accountId === wanted.accountId &&
        (key.region === wanted.region || key.keyId.startsWith('mrk-')),
    )
  )
}

/** Of no change of ours: AWS's own, of another account's key, of before, or out of band. */
function judgeOthers(
  mutation: Mutation,
  changeId: string | null,
  claimed: Why,
  { homes, hasServiceGrants }: Known,
): Judged {
  const home = homes.get(mutation.accountId)
  const as = (why: Why, origin: Origin = rules[why]): Judged => ({
    mutation,
    origin,
    why,
    changeId,
  })
  const service = serviceOf(mutation)
  if (service === 'service' || (service && !hasServiceGrants)) return as(service)
  if (mutation.keyArn !== null && accountOfArn(mutation.keyArn) !== mutation.accountId)
    return as('otherAccountsKey')
  if (!home || mutation.occurredAt < home.createdAt) return as('beforeConnected')
  if (service) return as(service, 'outOfBand')
  const isWriteRole = mutation.principal === home.writeRoleArn
  return as(claimed === 'byOthers' && isWriteRole ? 'writeRoleAlone' : claimed)
}

/** A service in a person's name makes and ends grants; what else it does then, the person did. */
const grantWork: ReadonlySet<string> = new Set(['CreateGrant', 'RetireGrant', 'RevokeGrant'])
const serviceLinkedPattern = /^arn:aws[a-z-]*:iam::\d{12}:role\/aws-service-role\//

/** Which rule makes it AWS's own: what KMS does by itself, services, roles linked to them. */
function serviceOf(mutation: Mutation): 'service' | 'serviceGrant' | null {
  const { eventType, principalKind, principal, via, operation } = mutation
  const isService =
    eventType === 'AwsServiceEvent' ||
    principalKind === 'service' ||
    serviceLinkedPattern.test(principal) ||
    (via !== null && grantWork.has(operation))
  if (!isService) return null
  return operation === 'CreateGrant' ? 'serviceGrant' : 'service'
}
