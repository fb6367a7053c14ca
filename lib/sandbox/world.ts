import type { Athena } from './athena/types'

/**
 * Everything that exists in the sandbox's AWS: plain data only (Map, Date as epoch milliseconds,
 * Uint8Array), so that a snapshot is one `structuredClone` and a restore is another. Times are
 * epoch ms of the sandbox's own clock.
 */

export type World = {
  scenario: string
  seed: number
  /** What the sandbox's clock runs ahead of the machine's, ms. */
  clockAheadMs: number
  accounts: Map<string, Account>
  /**
   * The one organization, if the scenario has one. Accounts made by a
   * 12-digit access key stay outside.
   */
  organization: Organization | null
  /** Access keys of long-lived principals; a 12-digit id needs no entry. */
  accessKeys: Map<string, AccessKey>
  /** STS sessions by access key id (ASIA…). */
  sessions: Map<string, Session>
  /** When the scenario was made, epoch ms: the made-up past (trail, usage) ends here. */
  builtAt?: number
  /** S3's: names are everybody's, whatever account and Region a bucket is in. */
  buckets: Map<string, Bucket>
  /** Athena: what queries are answered with, and what was asked. */
  athena: Athena
  /** What CloudTrail signs digest files with, by Region; made when first asked for. */
  trailSigners: Map<string, TrailSigner>
  /** How long CloudTrail takes; absent: events can be seen at once, files come as AWS's do. */
  trailPace?: TrailPace
}

/** `delayMs`: from a call until its event can be seen, on average. */
type TrailPace = { delayMs: number; deliverEveryMs: number }
export type TrailSigner = {
  /** PKCS #8, PEM. */
  privateKey: string
  /** PKCS #1, DER in base64, as ListPublicKeys gives it. */
  publicKey: string
  fingerprint: string
  validFrom: number
  validUntil: number
}

export type Bucket = {
  name: string
  accountId: string
  region: string
  createdAt: number
  /** The bucket policy; null: none. */
  policy: string | null
  /** What objects are encrypted with that say nothing; null: SSE-S3. */
  encryption: { keyArn: string; bucketKey: boolean } | null
  objects: Map<string, StoredObject>
}
export type StoredObject = {
  body: Uint8Array
  etag: string
  modifiedAt: number
  contentType: string
  contentEncoding: string | null
  metadata: Map<string, string>
  /** SSE-KMS: the key, and the context that it was asked with; null: SSE-S3. */
  sealed: { keyArn: string; bucketKey: boolean; context: Map<string, string> } | null
  /** As the client gave it: `x-amz-checksum-crc32` and its value. */
  checksum: { header: string; value: string } | null
}

export type AccessKey = { accessKeyId: string; secretAccessKey: string; principalArn: string }

export type Session = {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  /** arn:aws:iam::…:role/path/Name */
  roleArn: string
  /** arn:aws:sts::…:assumed-role/Name/SessionName */
  arn: string
  sessionPolicies: string[]
  sourceIdentity: string | null
  /** Session tags; they stand before the role's own in aws:PrincipalTag. */
  tags: Map<string, string>
  createdAt: number
  expiresAt: number
}

export type Account = {
  id: string
  name: string
  email: string
  joinedAt: number
  state: 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE'
  users: Map<string, IamUser>
  groups: Map<string, IamGroup>
  roles: Map<string, IamRole>
  /** Customer managed policies by ARN (AWS managed ones live in authz/managed-policies.ts). */
  policies: Map<string, IamManagedPolicy>
  /** Region opt-in; a Region not listed is DISABLED. */
  regions: Map<string, RegionState>
}

export type IamEntity = {
  name: string
  path: string
  arn: string
  /** AIDA…, AROA…, AGPA… */
  id: string
  createdAt: number
  inlinePolicies: Map<string, string>
  attachedPolicyArns: string[]
  permissionsBoundaryArn: string | null
  tags: Map<string, string>
}
export type IamUser = IamEntity & { groups: string[] }
export type IamRole = IamEntity & {
  trustPolicy: string
  maxSessionSeconds: number
  description: string
  lastUsedAt: number | null
}
export type IamGroup = Omit<IamEntity, 'permissionsBoundaryArn' | 'tags'>
export type IamManagedPolicy = {
  arn: string
  id: string
  name: string
  path: string
  document: string
  createdAt: number
}

export type RegionState = {
  name: string
  optStatus: 'ENABLED' | 'ENABLED_BY_DEFAULT' | 'DISABLED'
  keys: Map<string, Key>
  /** By full alias name (`alias/x`). */
  aliases: Map<string, Alias>
  keyStores: Map<string, KeyStore>
  /** CloudTrail event history, oldest first. */
  events: TrailEvent[]
  /**
   * The scenario's 90 days before `World.builtAt` are not in `events` yet: LookupEvents puts
   * them there at first sight.
   */
  historyDue?: boolean
  trails: Trail[]
  /** AWS/Usage CallCount: resource name -> minute (epoch minutes) -> calls. */
  usage: Map<string, Map<number, number>>
  /** Applied quota values by quota code, where they differ from the default. */
  quotaOverrides: Map<string, number>
  quotaRequests: QuotaRequest[]
}

export type QuotaRequest = {
  id: string
  quotaCode: string
  desiredValue: number
  status: string
  createdAt: number
  requesterArn: string
}

export type Trail = {
  name: string
  arn: string
  homeRegion: string
  isMultiRegion: boolean
  isOrganization: boolean
  s3BucketName: string
  s3KeyPrefix: string | null
  kmsKeyArn: string | null
  /** When it logged, oldest first; one without an end goes on. */
  logging: { from: number; to: number | null }[]
  /** Since when it writes digest files; null: never. */
  validatesSince: number | null
  /** What it takes, and from when on: the last counts. */
  selections: { from: number; selectors: EventSelectors }[]
  /** What has been delivered, by account and Region (`111122223333/eu-west-1`). */
  deliveries: Map<string, Delivery>
}

/** As PutEventSelectors takes them: management events alone. */
export type EventSelectors =
  | { kind: 'basic'; selectors: BasicSelector[] }
  | { kind: 'advanced'; selectors: AdvancedSelector[] }
export type BasicSelector = {
  readWriteType: 'All' | 'ReadOnly' | 'WriteOnly'
  includesManagement: boolean
  excludedSources: string[]
}
export type AdvancedSelector = { name: string; fields: SelectorField[] }
export type SelectorField = { field: string; tests: Map<SelectorTest, string[]> }
export type SelectorTest =
  | 'Equals'
  | 'StartsWith'
  | 'EndsWith'
  | 'NotEquals'
  | 'NotStartsWith'
  | 'NotEndsWith'

export type Delivery = {
  /** Until when events have been put into files, one for each of the lines they come in. */
  filedUntil: number[]
  /** Until when digests have been written; null: not yet. */
  digestedUntil: number | null
  /** Files that stand in no digest yet. */
  undigested: DeliveredFile[]
  /** The digest before the next. */
  previous: { object: string; hash: string; signature: string } | null
}
export type DeliveredFile = {
  object: string
  hash: string
  deliveredAt: number
  oldest: string
  newest: string
}

/** One record as LookupEvents gives it: the few indexed fields beside the record itself. */
export type TrailEvent = {
  eventId: string
  at: number
  record: TrailRecord
  /** From when on it can be seen; absent: at once. */
  seenAt?: number
}
export type TrailRecord = {
  [field: string]: unknown
  eventName: string
  eventSource: string
  readOnly: boolean
}

export type KeyState =
  | 'Creating'
  | 'Enabled'
  | 'Disabled'
  | 'PendingDeletion'
  | 'PendingImport'
  | 'PendingReplicaDeletion'
  | 'Unavailable'
  | 'Updating'

export type Key = {
  accountId: string
  region: string
  keyId: string
  arn: string
  createdAt: number
  description: string
  keyUsage: string
  keySpec: string
  origin: 'AWS_KMS' | 'EXTERNAL' | 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE'
  manager: 'AWS' | 'CUSTOMER'
  state: KeyState
  /** The state that a passing one (Creating, Updating) becomes, and when. */
  settles: { state: KeyState; at: number } | null
  deletionAt: number | null
  pendingWindowDays: number | null
  policy: string
  tags: Map<string, string>
  grants: Map<string, Grant>
  customKeyStoreId: string | null
  xksKeyId: string | null
  multiRegion: { type: 'PRIMARY' | 'REPLICA'; primaryRegion: string } | null
  /** Automatic rotation; null where the key cannot have it. `nextAt` counts only while enabled. */
  rotation: { enabled: boolean; periodDays: number; nextAt: number } | null
  onDemand: { startedAt: number; endsAt: number } | null
  /** Oldest first. Empty until imported for EXTERNAL; custom stores keep one. */
  materials: Material[]
  lastUsage: { operation: string; at: number; eventId: string; requestId: string } | null
}

export type Material = {
  id: string
  /**
   * Seed of the key bytes or key pair: made at first use, so that 100,000 keys cost no
   * cryptography. Imported bytes stand here at once.
   */
  secret: Uint8Array | null
  /** SPKI DER, cached at first use for asymmetric keys. */
  publicKey: Uint8Array | null
  state: 'CURRENT' | 'NON_CURRENT' | 'PENDING_ROTATION' | 'PENDING_MULTI_REGION_IMPORT_AND_ROTATION'
  importState: 'IMPORTED' | 'PENDING_IMPORT' | null
  expirationModel: 'KEY_MATERIAL_EXPIRES' | 'KEY_MATERIAL_DOES_NOT_EXPIRE' | null
  validTo: number | null
  description: string | null
  rotatedAt: number | null
  rotationType: 'AUTOMATIC' | 'ON_DEMAND' | null
}

export type Grant = {
  grantId: string
  name: string | null
  createdAt: number
  granteePrincipal: string | null
  granteeServicePrincipal: string | null
  retiringPrincipal: string | null
  retiringServicePrincipal: string | null
  /** arn:aws:iam::<account>:root of the account that created it. */
  issuingAccount: string
  operations: string[]
  encryptionContextSubset: Map<string, string> | null
  encryptionContextEquals: Map<string, string> | null
  sourceArn: string | null
  tokens: string[]
}

export type Alias = {
  name: string
  targetKeyId: string | null
  createdAt: number
  updatedAt: number
}

export type KeyStore = {
  id: string
  name: string
  type: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE'
  connectionState: 'CONNECTED' | 'CONNECTING' | 'FAILED' | 'DISCONNECTED' | 'DISCONNECTING'
  connectionErrorCode: string | null
  settles: { connectionState: KeyStore['connectionState']; at: number } | null
  createdAt: number
  cloudHsmClusterId: string | null
  trustAnchorCertificate: string | null
  xks: {
    connectivity: string
    uriEndpoint: string
    uriPath: string
    vpcEndpointServiceName: string | null
    vpcEndpointServiceOwner: string | null
    accessKeyId: string
  } | null
}

export type Organization = {
  id: string
  managementAccountId: string
  /** Members that may call Organizations and Account Management too. */
  delegatedAdministrators?: string[]
  rootId: string
  units: Map<string, { id: string; name: string; parentId: string }>
  /** Account id -> the id of its root or unit. */
  parentOf: Map<string, string>
  policies: Map<string, OrganizationPolicy>
  /** Root, unit or account id -> policy ids. */
  attachments: Map<string, string[]>
}
export type OrganizationPolicy = {
  id: string
  name: string
  description: string
  type: 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY'
  awsManaged: boolean
  content: string
}
