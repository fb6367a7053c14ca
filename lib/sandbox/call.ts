import type { Account, Key, RegionState, World } from './world'

/**
 * One authenticated request on its way through the sandbox. Made by the frame (server.ts), read by
 * the operations.
 */
export type Call = {
  world: World
  /** The sandbox's clock, epoch ms. */
  now: number
  caller: Caller
  /** The Region the request was signed for. */
  region: string
  service: string
  operation: string
  requestId: string
  /** The CloudTrail event id this call will have. */
  eventId: string
  sourceIp: string
  userAgent: string
  /** What the operation notes for CloudTrail as it goes; the frame writes the record. */
  trail: TrailNotes
  /** A fault is on: a list answers with fewer items than it could. paging.ts obeys it. */
  shortPage: boolean
  /** Bytes that travel beside the members, as S3's objects do. */
  payload?: { received: Buffer; sent: Uint8Array | null }
  /** The AWS service that calls for the caller: `s3.amazonaws.com`. */
  via?: string
}

export type Caller = {
  accountId: string
  /** What GetCallerIdentity says. */
  arn: string
  kind: 'user' | 'role-session' | 'root'
  /** IAM entity behind it: the user's ARN, or the session's role. */
  entityArn: string
  /** AIDA…, or AROA…:session */
  userId: string
  accessKeyId: string
  sessionPolicies: string[]
  sourceIdentity: string | null
  sessionTags?: Map<string, string>
  sessionCreatedAt: number | null
}

type TrailNotes = {
  /**
   * Parameters in camelCase as CloudTrail shows them; null hides them. Absent: they are derived
   * from the input.
   */
  requestParameters?: Record<string, unknown> | null
  responseElements?: Record<string, unknown> | null
  additionalEventData?: Record<string, unknown>
  /** Keys that were touched: the record names them and goes to their owners' accounts too. */
  keys: Key[]
  /** Instead of keys, for services other than KMS: as the record's `resources`. */
  resources?: { accountId: string; type: string; ARN: string }[]
}

/** An AWS error as it goes over the wire. */
export class AwsError extends Error {
  override readonly name = 'AwsError'
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
    /** What the answer's head says beside it: S3 names a bucket's Region there. */
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message)
  }
}

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json | undefined }
export type Input = { [name: string]: Json | undefined }

/**
 * An operation: validated input in, output out; blobs are base64 strings and times epoch seconds,
 * as on the JSON wire.
 */
export type Operation = (call: Call, input: Input) => Input | Promise<Input>
export type Operations = Record<string, Operation>

export type Place = { account: Account; state: RegionState }
