import type { Input } from '../call'
import type { KeyState } from '../world'

/**
 * What a scenario says of one key, in days before `now`; keys.ts makes the key of it,
 * history.ts its 90 days of trail.
 */
export type KeyPlan = {
  /** Unique in the scenario; id and materials hang on it. */
  handle: string
  accountId: string
  region: string
  createdDaysAgo: number
  policy: object | string
  /** Without `alias/`. */
  aliases?: string[]
  description?: string
  tags?: Record<string, string>
  spec?: string
  usage?: string
  origin?: 'AWS_KMS' | 'EXTERNAL' | 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE'
  state?: KeyState
  /** `aws/ebs` and the like: an AWS managed key with that alias. */
  awsManaged?: string
  /** `primary`, or the handle of the primary this key is a replica of. */
  multiRegion?: string
  rotation?: { enabledDaysAgo: number; periodDays?: number; off?: true }
  /** On-demand rotations, days ago. */
  rotatedDaysAgo?: number[]
  imported?: ImportPlan[]
  deletion?: { scheduledDaysAgo: number; windowDays: number }
  keyStore?: string
  xksKeyId?: string
  grants?: GrantPlan[]
  /** Of a key without recent traffic. Absent: none is known. */
  lastUsed?: { operation: string; daysAgo: number }
  traffic?: TrafficPlan[]
  past?: PastPlan[]
}

type ImportPlan = {
  daysAgo: number
  /** Days from now; absent: never. Negative: gone. */
  expiresInDays?: number
  description?: string
  /** Imported, not yet in use. */
  pending?: true
  /** Deleted by hand: to be imported again. */
  deleted?: true
}

export type GrantPlan = {
  daysAgo: number
  grantee?: string
  granteeService?: string
  operations: string[]
  name?: string
  retiring?: string
  retiringService?: string
  equals?: Record<string, string>
  subset?: Record<string, string>
  sourceArn?: string
  /** Account that made it; absent: the key's. */
  issuer?: string
  /** Role or user ARN of who made it, for the trail; absent: an AWS service did. */
  by?: string
}

/** Somebody calling again and again. */
export type TrafficPlan = {
  /** Role or user ARN. */
  by: string
  operation: string
  perDay: number
  /**
   * How many calls each record stands for in the metrics: a trail of every call of a busy key
   * would not fit into a demo.
   */
  volume?: number
  shape: 'steady' | 'office' | 'nightly' | 'weekly'
  /** Service that calls for them: `s3`. */
  via?: string
  context?: Record<string, string>
  error?: { code: string; message: string }
  /** Role session's name where it matters who. */
  session?: string
  fromDaysAgo?: number
  untilDaysAgo?: number
  /** As KMS takes them, beside the key and the context. */
  parameters?: Input
}

/** One administrative call that led to what is there now. */
export type PastPlan = {
  daysAgo: number
  by: string
  operation: string
  parameters?: Input
  session?: string
  error?: { code: string; message: string }
}
