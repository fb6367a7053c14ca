import { accountPattern } from '../kms/arn'
import { storableJson, storableText } from '../storable'
import type { GrantFacts, Outcome, SetAsideReason, Taken, TrailEvent } from './event'
import { asObject, listOf, memberOf, textOf, textsOf, type Json } from './json'
import { keysOf } from './keys'
import { principalOf } from './principal'
import { resourceOf } from './resources'

/** Whose events are kept. */
const ourSource = 'kms.amazonaws.com'

/** What a source knows of its records besides them: LookupEvents is of one account and Region. */
export type Place = {
  accountId?: string
  region?: string
  /** What occurred later than this is set aside: a clock jumped, and time will come. */
  notAfterMs?: number
}

class Unfit extends Error {
  constructor(
    readonly reason: SetAsideReason,
    detail = '',
  ) {
    super(detail)
  }
}

/**
 * Reads one record of CloudTrail, eventVersion 1.x, given as its JSON text. Never throws: what it
 * cannot read is set aside with its reason (lib/trail/README.md, "Records").
 */
export function takeRecord(text: string, place: Place = {}): Taken {
  try {
    const parsed = parse(text)
    const record = asObject(parsed)
    if (record === null) throw new Unfit('notRecord', `It is ${kindOf(parsed)}.`)
    const source = textOf(record, 'eventSource')
    if (source !== null && source !== ourSource) return { kind: 'other' }
    if (source === null) throw new Unfit('notRecord', 'It has no eventSource.')
    return { kind: 'event', event: readEvent(record, place), record: text }
  } catch (error) {
    return error instanceof Unfit
      ? { kind: 'setAside', reason: error.reason, detail: error.message }
      : { kind: 'setAside', reason: 'unexpected', detail: String(error) }
  }
}

/**
 * What is looked up by is cut: an entry of an index holds 2,700 bytes, and nothing of AWS's is
 * longer than this. The record has it whole.
 */
const longest = 512
function short(text: string): string
function short(text: string | null): string | null
function short(text: string | null): string | null {
  return text === null || text.length <= longest ? text : storableText(text.slice(0, longest))
}

const kindOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`

function parse(text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text)
    // Only an escape can make what Postgres keeps in no text: NUL, and half of a letter.
    return text.includes('\\u') ? JSON.parse(storableJson(parsed)) : parsed
  } catch (error) {
    throw new Unfit('notJson', error instanceof Error ? error.message : '')
  }
}

function readEvent(record: NonNullable<Json>, place: Place): TrailEvent {
  const version = textOf(record, 'eventVersion')
  if (!version || !/^1\.\d/.test(version)) throw new Unfit('version', version ?? 'It has none.')
  const identity = memberOf(record, 'userIdentity')
  const principal = principalOf(identity)
  const accountId = accountOf(record, principal.account, place)
  const region = textOf(record, 'awsRegion') ?? place.region
  if (!region) throw new Unfit('noRegion')
  const operation = textOf(record, 'eventName')
  if (!operation) throw new Unfit('noName')
  const [keyArn = null, ...moreKeys] = keysOf(record, { accountId, region })
  const errorCode = codeOf(textOf(record, 'errorCode'))
  const outcome = outcomeOf(errorCode)
  const readOnly = isReadOnly(record, operation)
  const addendum = memberOf(record, 'addendum')
  const tls = memberOf(record, 'tlsDetails')
  const sourceIp = textOf(record, 'sourceIPAddress')
  return {
    occurredAt: timeOf(record, place),
    eventId: idOf(textOf(addendum, 'originalEventID') ?? textOf(record, 'eventID')),
    sharedId: short(textOf(record, 'sharedEventID')),
    accountId,
    region: short(region),
    source: ourSource,
    operation: short(operation),
    eventType: textOf(record, 'eventType'),
    readOnly,
    isUse: readOnly && outcome !== 'denied',
    outcome,
    errorCode: short(errorCode),
    errorMessage: textOf(record, 'errorMessage'),
    keyArn,
    moreKeys: moreKeys.length > 0 ? moreKeys : null,
    principalKind: principal.kind,
    principal: short(principal.principal),
    principalId: principal.principalId,
    principalAccount: principal.account,
    session: short(principal.session),
    sourceIdentity: principal.sourceIdentity,
    via: short(viaOf(textOf(identity, 'invokedBy'), sourceIp)),
    ...boundOf(record),
    sourceIp,
    userAgent: textOf(record, 'userAgent'),
    vpcEndpoint: textOf(record, 'vpcEndpointId'),
    tlsVersion: textOf(tls, 'tlsVersion'),
    tlsCipher: textOf(tls, 'cipherSuite'),
    tlsKeyExchange: textOf(tls, 'keyExchange'),
    requestId: short(textOf(addendum, 'originalRequestID') ?? textOf(record, 'requestID')),
    isCorrection: textOf(addendum, 'reason') === 'UPDATED_DATA',
  }
}

function idOf(id: string | null): string {
  // An id is 36 characters; what is far longer is none, and would not fit an index.
  if (id === null || id.length > 200) throw new Unfit('noEventId')
  return id
}

/** The account it was delivered to; older records name only the caller's. */
function accountOf(record: Json, callers: string | null, { accountId }: Place): string {
  const [resource = null] = listOf(record, 'resources')
  const named = [textOf(record, 'recipientAccountId'), accountId, callers]
  const account = [...named, textOf(resource, 'accountId')].find(
    (one) => typeof one === 'string' && accountPattern.test(one),
  )
  if (!account) throw new Unfit('noAccount')
  return account
}

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/
/** Of a time without parts of a second, as CloudTrail writes them. */
const secondsLength = '2026-11-30T15:00:00Z'.length
/** CloudTrail began in November 2013. */
const earliest = Date.UTC(2013, 10, 1)
const latest = Date.UTC(2200, 0, 1)

function timeOf(record: Json, { notAfterMs = latest }: Place): string {
  const text = textOf(record, 'eventTime') ?? ''
  const at = timePattern.test(text) ? Date.parse(text) : Number.NaN
  if (!(at >= earliest && at < latest)) throw new Unfit('noTime', text.slice(0, 100))
  if (at > notAfterMs) throw new Unfit('future', text)
  return text.length === secondsLength ? text : new Date(at).toISOString()
}

/** AWS spells one refusal in several ways. */
const codeOf = (code: string | null): string | null => {
  if (code === null) return null
  const short = code.replace(/^(?:Client|Server)\./, '')
  return short === 'AccessDeniedException' ? 'AccessDenied' : short
}
const refusals: ReadonlySet<string> = new Set([
  'AccessDenied',
  'UnauthorizedOperation',
  'VpceAccessDenied',
])
const outcomeOf = (code: string | null): Outcome =>
  code === null ? 'success' : refusals.has(code) ? 'denied' : 'failed'

const readingName =
  /^(?:Get|List|Describe|Encrypt|Decrypt|ReEncrypt|Generate|Sign|Verify|Derive|Encaps|Decaps)/

function isReadOnly(record: NonNullable<Json>, operation: string): boolean {
  const said = record.readOnly
  if (typeof said === 'boolean') return said
  if (said === 'true' || said === 'false') return said === 'true'
  return readingName.test(operation)
}

function viaOf(invokedBy: string | null, sourceIp: string | null): string | null {
  if (invokedBy !== null) return invokedBy
  return sourceIp !== null && sourceIp.endsWith('.amazonaws.com') ? sourceIp : null
}

type Bound = Pick<TrailEvent, 'resourceKind' | 'resource' | 'context' | 'grant'>

/** What it was done for: by the encryption context, of a new grant by its constraints. */
function boundOf(record: Json): Bound {
  const request = memberOf(record, 'requestParameters')
  const constraints = memberOf(request, 'constraints')
  const context = textsOf(
    memberOf(request, 'encryptionContext') ??
      memberOf(request, 'destinationEncryptionContext') ??
      memberOf(request, 'sourceEncryptionContext') ??
      memberOf(constraints, 'encryptionContextSubset') ??
      memberOf(constraints, 'encryptionContextEquals'),
  )
  const resource = context && resourceOf(context)
  return {
    resourceKind: resource?.kind ?? null,
    resource: short(resource?.id ?? null),
    context,
    grant: grantOf(record, request),
  }
}

function grantOf(record: Json, request: Json): GrantFacts | null {
  const id =
    textOf(memberOf(record, 'responseElements'), 'grantId') ??
    textOf(request, 'grantId') ??
    textOf(memberOf(record, 'additionalEventData'), 'grantId')
  const grantee = textOf(request, 'granteePrincipal')
  if (id === null && grantee === null) return null
  const operations = request?.operations
  return {
    id: id ?? undefined,
    name: textOf(request, 'name') ?? undefined,
    grantee: grantee ?? textOf(request, 'granteeServicePrincipal') ?? undefined,
    retiring: textOf(request, 'retiringPrincipal') ?? undefined,
    operations: Array.isArray(operations)
      ? operations.filter((one): one is string => typeof one === 'string')
      : undefined,
    constraints: constraintsOf(memberOf(request, 'constraints')),
  }
}

/** Each as the names and texts it holds: a member of another shape is in the record alone. */
function constraintsOf(constraints: Json): GrantFacts['constraints'] {
  const said = Object.keys(constraints ?? {}).flatMap((name) => {
    const texts = textsOf(memberOf(constraints, name))
    return texts ? [[name, texts] as const] : []
  })
  return said.length > 0 ? Object.fromEntries(said) : undefined
}
