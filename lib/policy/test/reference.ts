/**
 * The same question answered a second time, as naively as possible and sharing nothing with the
 * evaluator: raw JSON, regular expressions, plain booleans, no parser, no derived tables. Known
 * inputs and a complete context only. What is open, since AWS's documents leave it so or since only
 * some sessions of a role are named, is read both ways: generously and strictly.
 */
export interface RawStatement {
  Effect: 'Allow' | 'Deny'
  Principal?: '*' | Record<string, string | string[]>
  NotPrincipal?: Record<string, string | string[]>
  Action?: string | string[]
  NotAction?: string | string[]
  Resource?: string | string[]
  NotResource?: string | string[]
  Condition?: Record<string, Record<string, string | string[]>>
}
export interface RawPolicy {
  Version?: string
  Statement: RawStatement[]
}
export interface RawGrant {
  GranteePrincipal?: string
  GranteeServicePrincipal?: string
  Operations: string[]
  Constraints?: {
    EncryptionContextEquals?: Record<string, string>
    EncryptionContextSubset?: Record<string, string>
    SourceArn?: string
  }
}
export interface RawCase {
  request: {
    principal: string
    action: string
    resource: string
    context: Record<string, string | string[]>
  }
  keyPolicy?: RawPolicy
  identityPolicies?: RawPolicy[]
  permissionBoundaries?: RawPolicy[]
  sessionPolicies?: RawPolicy[]
  serviceControlPolicies?: RawPolicy[][]
  resourceControlPolicies?: RawPolicy[][]
  vpcEndpointPolicies?: RawPolicy[]
  grants?: RawGrant[]
}

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value
const glob = (pattern: string, flags = ''): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\/]/g, '\\$&')
      .replace(/\*+/g, '[^]*')
      .replace(/\?/g, '[^]')}$`,
    flags,
  )
const six = (text: string): string[] => {
  const parts = text.split(':')
  return [...parts.slice(0, 5), parts.slice(5).join(':')]
}
type Open<T> = T | 'open'
const isTrue = (value: Open<boolean>): boolean => value === true
const some = (values: Open<boolean>[]): Open<boolean> =>
  values.some(isTrue) || (values.includes('open') && 'open')
const every = (values: Open<boolean>[]): Open<boolean> =>
  !values.includes(false) && (values.includes('open') ? 'open' : true)
const is = (value: Open<boolean>, wanted: boolean): Open<boolean> =>
  value === 'open' ? value : value === wanted

/** generous: what is open lets in. strict: it keeps out. */
type Reading = 'generous' | 'strict'
const settle = (value: Open<boolean>, effect: RawStatement['Effect'], reading: Reading): boolean =>
  value === 'open' ? (effect === 'Allow') === (reading === 'generous') : value

/** A * at the end of a segment may reach over colons where the ARN has fewer than six. */
function resourceMatches(pattern: string, text: string): Open<boolean> {
  const segments = pattern.split(':')
  const last = segments.at(-1) ?? ''
  const padded =
    segments.length < 6 && last.endsWith('*')
      ? [...segments, ...Array.from({ length: 6 - segments.length }, () => '*')].join(':')
      : pattern
  if (arnMatches(padded, text)) return true
  const reaches = segments.length < 6 && segments.some((segment) => segment.endsWith('*'))
  return reaches && glob(pattern).test(text) && 'open'
}
const arnMatches = (pattern: string, text: string): boolean =>
  pattern === '*' ||
  (text.startsWith('arn:') && six(pattern).every((part, i) => glob(part).test(six(text)[i] ?? '')))

interface Who {
  service: boolean
  anonymous: boolean
  root: boolean
  account: string
  arn: string
  role: string | null
}

function whoIs(principal: string): Who {
  const account = /^arn:aws:(?:iam|sts)::(\d{12}):/.exec(principal)?.[1] ?? ''
  const session = /:assumed-role\/([^/]+)\//.exec(principal)?.[1]
  const role =
    session !== undefined
      ? `arn:aws:iam::${account}:role/${session}`
      : principal.includes(':role/')
        ? principal
        : null
  return {
    service: /amazonaws\.com$/.test(principal),
    anonymous: principal === '*',
    root: principal.endsWith(':root'),
    account,
    arn: principal,
    role,
  }
}

function contextOf(given: RawCase['request']): Record<string, string[]> {
  const who = whoIs(given.principal)
  const context: Record<string, string[]> = {}
  for (const [key, value] of Object.entries(given.context)) context[key.toLowerCase()] = list(value)
  const add = (key: string, value: string): void => {
    context[key] ??= [value]
  }
  if (who.account !== '') {
    add('aws:principalarn', who.role ?? who.arn)
    add('aws:principalaccount', who.account)
    add('kms:calleraccount', who.account)
  }
  if (!who.anonymous) add('aws:principalisawsservice', who.service ? 'true' : 'false')
  return context
}

function compare(operator: string, wanted: string, actual: string): boolean {
  if (operator === 'StringEquals') return wanted === actual
  if (operator === 'StringEqualsIgnoreCase') return wanted.toLowerCase() === actual.toLowerCase()
  if (operator === 'StringLike') return glob(wanted).test(actual)
  if (operator === 'ArnLike' || operator === 'ArnEquals') return arnMatches(wanted, actual)
  if (operator === 'NumericLessThanEquals') return actual !== '' && Number(actual) <= Number(wanted)
  if (operator === 'Bool') return wanted.toLowerCase() === actual.toLowerCase()
  throw new Error(operator)
}

function conditionHolds(
  written: string,
  key: string,
  wanted: string[],
  context: Record<string, string[]>,
): Open<boolean> {
  const actual = context[key.toLowerCase()]
  const set = written.startsWith('ForAllValues:')
    ? 'all'
    : written.startsWith('ForAnyValue:')
      ? 'any'
      : 'one'
  let operator = written.replace(/^For(?:All|Any)Values?:/, '')
  const ifExists = operator.endsWith('IfExists')
  operator = operator.replace(/IfExists$/, '')
  if (operator === 'Null')
    return wanted.some((text) => (text === 'true') === (actual === undefined))
  const negated = operator.includes('Not')
  operator = operator.replace('Not', '')
  if (actual === undefined && ifExists && set === 'any') return 'open'
  if (set === 'all' && actual?.every((value) => value === '') === true) return true
  if (actual === undefined) return ifExists || set === 'all' || (negated && set !== 'any')
  const each = actual.map(
    (value) => wanted.some((text) => compare(operator, text, value)) !== negated,
  )
  if (set === 'all') return each.every(Boolean)
  return set === 'any' || !negated ? each.some(Boolean) : each.every(Boolean)
}

function speaks(
  statement: RawStatement,
  given: RawCase['request'],
  ofResource: boolean,
): Open<boolean> {
  const context = contextOf(given)
  if (ofResource) delete context['kms:resourcealiases']
  const actionListed = list(statement.Action ?? statement.NotAction).some((pattern) =>
    glob(pattern, 'i').test(given.action),
  )
  if (actionListed !== (statement.Action !== undefined)) return false
  const patterns = list(statement.Resource ?? statement.NotResource)
  const listed = some(patterns.map((pattern) => resourceMatches(pattern, given.resource)))
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, wanted]) =>
      conditionHolds(operator, key, list(wanted), context),
    ),
  )
  return every([is(listed, statement.Resource !== undefined), ...conditions])
}

/** '' for not named, else how. */
function named(
  map: '*' | Record<string, string | string[]>,
  who: Who,
): '' | 'account' | 'role' | 'direct' {
  if (map === '*') return 'direct'
  const aws = list(map.AWS)
  if (aws.includes('*')) return 'direct'
  if (who.service) return list(map.Service).includes(who.arn) ? 'direct' : ''
  if (aws.includes(who.arn) && who.role !== who.arn && who.account !== '') return 'direct'
  if (who.role !== null && aws.includes(who.role)) return 'role'
  return aws.includes(who.account) || aws.includes(`arn:aws:iam::${who.account}:root`)
    ? who.root
      ? 'direct'
      : 'account'
    : ''
}

/** A session of the role that is asked about, by its ARN. */
function someSession(names: string[], who: Who): boolean {
  return (
    who.role !== null &&
    who.role === who.arn &&
    names.some((name) =>
      name.startsWith(
        `arn:aws:sts::${who.account}:assumed-role/${who.arn.split('/').at(-1) ?? ''}/`,
      ),
    )
  )
}

type How = '' | 'account' | 'role' | 'direct'

function reached(statement: RawStatement, who: Who, bounded: boolean, reading: Reading): How {
  const { Effect, NotPrincipal, Principal = '*' } = statement
  if (!NotPrincipal) {
    const how = named(Principal, who)
    const session = Principal !== '*' && someSession(list(Principal.AWS), who)
    return session && how !== 'direct' && settle('open', Effect, reading) ? 'direct' : how
  }
  if (bounded && Effect === 'Deny') return 'direct'
  const how = named(NotPrincipal, who)
  const aws = list(NotPrincipal.AWS)
  const others = aws.some((arn) => arn.includes(`::${who.account}:`) && !arn.endsWith(':root'))
  if (how === '' || (how === 'account' && others)) {
    return !someSession(aws, who) || settle('open', Effect, reading) ? 'direct' : ''
  }
  const account = aws.includes(who.account) || aws.includes(`arn:aws:iam::${who.account}:root`)
  const role =
    who.role === null || who.role === who.arn || !aws.includes(who.arn) || aws.includes(who.role)
  const complete = aws.includes('*') || who.account === '' || who.root || (account && role)
  return Effect === 'Deny' && !complete && settle('open', Effect, reading) ? 'direct' : ''
}

const crossAccount = ['kms:Decrypt', 'kms:Encrypt', 'kms:CreateGrant', 'kms:DescribeKey']

type Reference = { result: 'allow' | 'deny'; explicitDeny: boolean }

/** open: read generously it is allowed, read strictly it is not. */
export function referenceAnswer(given: RawCase): {
  result: Reference['result'] | 'open'
  explicitDeny: boolean
} {
  const [best, worst] = [answerBy('generous', given), answerBy('strict', given)]
  return best.result === worst.result ? best : { result: 'open', explicitDeny: false }
}

function answerBy(reading: Reading, given: RawCase): Reference {
  const { request } = given
  const who = whoIs(request.principal)
  const isIam = who.account !== '' && !who.root
  const speaking = (policies: RawPolicy[] | undefined, ofResource: boolean): RawStatement[] =>
    (policies ?? []).flatMap(({ Statement }) =>
      Statement.filter((one) => settle(speaks(one, request, ofResource), one.Effect, reading)),
    )
  const identityAlike = (policies: RawPolicy[] | undefined): RawStatement[] =>
    speaking(policies, false)
  const bounded = isIam && given.permissionBoundaries !== undefined
  const resourceAlike = (policies: RawPolicy[]): (RawStatement & { how: string })[] =>
    speaking(policies, true)
      .map((one) => ({ ...one, how: reached(one, who, bounded, reading) }))
      .filter(({ how }) => how !== '')
  const allows = (statements: RawStatement[]): boolean =>
    statements.some(({ Effect }) => Effect === 'Allow')

  const key = resourceAlike(given.keyPolicy ? [given.keyPolicy] : [])
  const identity = isIam ? identityAlike(given.identityPolicies) : []
  const boundaries = isIam ? given.permissionBoundaries : undefined
  const sessions = who.account !== '' ? given.sessionPolicies : undefined
  const scps = who.account !== '' ? given.serviceControlPolicies : undefined
  const rcps = given.resourceControlPolicies
  const endpoints = given.vpcEndpointPolicies
  const everything = [
    ...key,
    ...identity,
    ...identityAlike(boundaries),
    ...identityAlike(sessions),
    ...identityAlike(scps?.flat()),
    ...resourceAlike(rcps?.flat() ?? []),
    ...resourceAlike(endpoints ?? []),
  ]
  if (everything.some(({ Effect }) => Effect === 'Deny'))
    return { result: 'deny', explicitDeny: true }

  const open =
    (scps === undefined ||
      (scps.length > 0 &&
        scps.every((level) => level.some((policy) => allows(identityAlike([policy])))))) &&
    (rcps === undefined ||
      (rcps.length > 0 &&
        rcps.every((level) => level.some((policy) => allows(resourceAlike([policy])))))) &&
    (endpoints === undefined || endpoints.some((policy) => allows(resourceAlike([policy]))))
  const inBoundary =
    boundaries === undefined ||
    (boundaries.length > 0 && boundaries.every((policy) => allows(identityAlike([policy]))))
  const inSession =
    sessions === undefined || sessions.some((policy) => allows(identityAlike([policy])))
  const iam = who.root ? inSession : allows(identity) && inBoundary && inSession
  const worth = (how: string): boolean =>
    how === 'direct' ? true : how === 'role' ? inBoundary && inSession : how === 'account' && iam
  const worthOfGrant = (how: string): boolean =>
    worth(how) || (how === 'role' && reading === 'generous')

  const same = who.account === (request.resource.split(':')[4] ?? '')
  const foreign = who.account !== '' && !same
  const possible = same || who.service || crossAccount.includes(request.action)
  const byPolicy = key
    .filter(({ Effect }) => Effect === 'Allow')
    .some(({ how }) => (foreign ? iam : worth(how)))
  const byGrant = (given.grants ?? []).some(
    (grant) => grantHolds(grant, given) && worthOfGrant(grantNames(grant, who, reading)),
  )
  return {
    result: open && possible && (byPolicy || byGrant) ? 'allow' : 'deny',
    explicitDeny: false,
  }
}

function grantNames(grant: RawGrant, who: Who, reading: Reading): string {
  const names = [grant.GranteePrincipal, grant.GranteeServicePrincipal].filter(
    (name) => name !== undefined,
  )
  if (who.service) return names.includes(who.arn) ? 'direct' : ''
  if (someSession(names, who)) return reading === 'generous' ? 'direct' : ''
  return who.anonymous ? '' : named({ AWS: names.filter((name) => name !== '*') }, who)
}

function grantHolds({ Operations, Constraints = {} }: RawGrant, { request }: RawCase): boolean {
  if (!Operations.some((operation) => `kms:${operation}` === request.action)) return false
  const context = contextOf(request)
  const pairs: Record<string, string | undefined> = {}
  for (const [key, value] of Object.entries(context))
    if (key.startsWith('kms:encryptioncontext:')) pairs[key.slice(22)] = value[0]
  if (
    Constraints.SourceArn !== undefined &&
    context['aws:sourcearn']?.[0] !== Constraints.SourceArn
  )
    return false
  if (request.action === 'kms:DescribeKey') return true
  const holds = (wanted: Record<string, string>): boolean =>
    Object.entries(wanted).every(([key, value]) => pairs[key.toLowerCase()] === value)
  const { EncryptionContextEquals: equals, EncryptionContextSubset: subset } = Constraints
  if (subset && !holds(subset)) return false
  return (
    !equals ||
    (holds(equals) &&
      Object.keys(pairs).length ===
        new Set(Object.keys(equals).map((key) => key.toLowerCase())).size)
  )
}
