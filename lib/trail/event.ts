/** What CloudTrail saw, as it is kept. Pure. */

export type Outcome = 'success' | 'denied' | 'failed'
export const outcomes: readonly Outcome[] = ['success', 'denied', 'failed']

/** What a principal is, as people know it. */
export const principalKinds = [
  'role',
  'permissionSet',
  'user',
  'root',
  'federated',
  'identityCenter',
  'account',
  'service',
  'unknown',
] as const
export type PrincipalKind = (typeof principalKinds)[number]

export type TrailPrincipal = {
  kind: PrincipalKind
  /**
   * The ARN of the role behind a session, of a user or of the root; the name of a service; of a
   * caller of another account its number, which is all that AWS tells the key's owner.
   */
  principal: string
  /** The unique ID that IAM gave it, without the session. */
  principalId: string | null
  account: string | null
  session: string | null
  sourceIdentity: string | null
}

/** What a record says of a grant. */
export type GrantFacts = {
  id?: string
  name?: string
  grantee?: string
  retiring?: string
  operations?: string[]
  /** Kind of constraint -> encryption context. */
  constraints?: Record<string, Record<string, string>>
}

/** An event. Its fields have the names that the writer's statement reads. */
export type TrailEvent = {
  occurredAt: string
  eventId: string
  sharedId: string | null
  /** The account that the record was delivered to: whoever sees that account sees this event. */
  accountId: string
  region: string
  source: string
  operation: string
  eventType: string | null
  readOnly: boolean
  /** Reading or using a key, allowed or failed: kept for a window, not for long. */
  isUse: boolean
  outcome: Outcome
  errorCode: string | null
  errorMessage: string | null
  /** The key it is about: of ReEncrypt the source. */
  keyArn: string | null
  /** Further keys: the destination of ReEncrypt, a replica. */
  moreKeys: string[] | null
  principalKind: PrincipalKind
  principal: string
  principalId: string | null
  principalAccount: string | null
  session: string | null
  sourceIdentity: string | null
  /** The service that called for the principal. */
  via: string | null
  resourceKind: string | null
  resource: string | null
  context: Record<string, string> | null
  grant: GrantFacts | null
  sourceIp: string | null
  userAgent: string | null
  vpcEndpoint: string | null
  tlsVersion: string | null
  tlsCipher: string | null
  tlsKeyExchange: string | null
  requestId: string | null
  /** CloudTrail delivered it again with more in it: it takes the place of what was stored. */
  isCorrection: boolean
}

/** An event, and the text of its record as CloudTrail wrote it. */
export type TrailEntry = { event: TrailEvent; record: string }

/** Why a record is set aside, kept for another try. */
export const setAsideReasons = {
  notJson: 'It is no JSON',
  notRecord: 'It is no CloudTrail record',
  version: 'Its eventVersion is none that is known',
  noEventId: 'It has no eventID',
  noTime: 'Its eventTime is no time that CloudTrail can have',
  future: 'Its eventTime is in the future',
  noAccount: 'It names no account',
  noRegion: 'It names no Region',
  noName: 'It names no operation',
  tooLarge: 'It is larger than a CloudTrail record can be',
  unexpected: 'It could not be read',
} as const
export type SetAsideReason = keyof typeof setAsideReasons

export type Taken =
  | ({ kind: 'event' } & TrailEntry)
  | { kind: 'setAside'; reason: SetAsideReason; detail: string }
  /** Of another service. */
  | { kind: 'other' }
