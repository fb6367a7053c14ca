import type { TrailRecord } from '../world'

/** What a record says, whoever writes it: a live call, KMS by itself, or a scenario's past. */
export type Recorded = {
  at: number
  /** `kms.amazonaws.com` */
  source: string
  operation: string
  region: string
  identity: object
  sourceIp: string
  userAgent: string
  error: { code: string; message: string } | null
  readOnly: boolean
  requestParameters: Record<string, unknown> | null | undefined
  responseElements: Record<string, unknown> | null
  additionalEventData?: Record<string, unknown>
  resources: object[] | undefined
  requestId?: string
  eventId: string
  eventType: 'AwsApiCall' | 'AwsServiceEvent'
  recipientAccountId: string
  sharedEventId?: string
  details?: Record<string, unknown>
  tls?: object
}

/**
 * Writes a record, always in the same shape with what is absent as undefined, so that V8 keeps
 * 200,000 of them small. One that was denied shows neither what was asked nor of what.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function writeRecord(facts: Recorded): TrailRecord {
  const { error } = facts
  const denied = isDenied(error)
  return {
    eventVersion: '1.11',
    userIdentity: facts.identity,
    eventTime: timeText(Math.floor(facts.at / 1000)),
    eventSource: facts.source,
    eventName: facts.operation,
    awsRegion: facts.region,
    sourceIPAddress: facts.sourceIp,
    userAgent: facts.userAgent.slice(0, 1024),
    errorCode: denied ? 'AccessDenied' : error?.code,
    errorMessage: error?.message,
    requestParameters: denied ? null : facts.requestParameters,
    responseElements: error ? null : facts.responseElements,
    additionalEventData: denied ? undefined : facts.additionalEventData,
    requestID: facts.requestId,
    eventID: facts.eventId,
    readOnly: facts.readOnly,
    resources: denied || facts.resources?.length === 0 ? undefined : facts.resources,
    eventType: facts.eventType,
    managementEvent: true,
    recipientAccountId: facts.recipientAccountId,
    serviceEventDetails: facts.details,
    sharedEventID: facts.sharedEventId,
    eventCategory: 'Management',
    tlsDetails: facts.tls,
  }
}

export const isDenied = (error: { code: string } | null) =>
  error !== null && /^AccessDenied/.test(error.code)

// Records share this part: 200,000 of them would not fit otherwise.
let lastTime = { second: 0, text: '' }
function timeText(second: number): string {
  if (lastTime.second !== second)
    lastTime = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` }
  return lastTime.text
}

const tls = new Map<string, object>()

/** How the caller's TLS was, shared between the records of one host and key exchange. */
export function describeTls(host: string, keyExchange: string): object {
  const name = `${host} ${keyExchange}`
  let details = tls.get(name)
  if (!details)
    tls.set(
      name,
      (details = {
        tlsVersion: 'TLSv1.3',
        cipherSuite: 'TLS_AES_128_GCM_SHA256',
        clientProvidedHostHeader: host,
        keyExchange,
      }),
    )
  return details
}
