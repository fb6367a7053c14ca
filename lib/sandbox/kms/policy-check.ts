import { decide } from '../authz/authorize'
import { AwsError, type Call } from '../call'
import type { Account, Key, World } from '../world'

/** In bytes of UTF-8. AWS does not raise it. */
const longestPolicy = 32_768
const statementMembers = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
])

/**
 * Checks what AWS checks of a key policy before it stores one: size, syntax, principals. Throws in
 * AWS's words.
 */
export function checkPolicy(call: Call, text: string) {
  if (Buffer.byteLength(text) > longestPolicy) {
    throw new AwsError(
      'LimitExceededException',
      `Key policy must be at most ${longestPolicy} bytes.`,
    )
  }
  const document = parse(text)
  if (!isRecord(document)) throw malformed('Policy contains invalid json')
  const unknown = Object.keys(document).find(
    (name) => !['Version', 'Id', 'Statement'].includes(name),
  )
  if (unknown !== undefined) throw malformed(`Policy contains an unknown element: ${unknown}`)
  if (
    document.Version !== undefined &&
    document.Version !== '2012-10-17' &&
    document.Version !== '2008-10-17'
  ) {
    throw malformed('Policy contains an invalid version')
  }
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  if (document.Statement === undefined || statements.length === 0)
    throw malformed('Policy must contain at least one statement')
  for (const statement of statements) checkStatement(call.world, statement)
}

/**
 * Refuses a policy under which the caller could not put another (lockout safety check).
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-overview.html
 */
export function requireNoLockout(call: Call, key: Key, policy: string) {
  const decision = decide(call, {
    action: 'kms:PutKeyPolicy',
    key: { ...key, policy },
    resourceArn: key.arn,
  })
  if (!decision.allowed)
    throw malformed('The new key policy will not allow you to update the key policy in the future.')
}

function checkStatement(world: World, statement: unknown) {
  if (!isRecord(statement)) throw malformed('Policy contains a statement that is not an object')
  const unknown = Object.keys(statement).find((name) => !statementMembers.has(name))
  if (unknown !== undefined)
    throw malformed(`Policy contains an unknown statement element: ${unknown}`)
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny')
    throw malformed('Policy contains a statement with an invalid effect')
  requireOneOf(
    statement,
    'Principal',
    'NotPrincipal',
    'Policy contains a statement with no principal.',
  )
  // Refuses a statement without an action or a resource, which is our assumption
  // (lib/sandbox/README.md, "Assumptions"). Policies of the scenario might have one, without effect.
  requireOneOf(statement, 'Action', 'NotAction', 'Policy contains a statement with no action.')
  requireOneOf(
    statement,
    'Resource',
    'NotResource',
    'Policy contains a statement with no resource.',
  )
  for (const action of readList(statement.Action ?? statement.NotAction)) {
    if (!/^(\*|[a-zA-Z0-9-]+:[a-zA-Z0-9*?]+)$/.test(action)) {
      throw malformed('Policy contains a statement with one or more invalid actions.')
    }
  }
  readList(statement.Resource ?? statement.NotResource)
  if (statement.Condition !== undefined && !isRecord(statement.Condition)) {
    throw malformed('Policy contains a statement with an invalid condition.')
  }
  checkPrincipals(world, statement.Principal ?? statement.NotPrincipal)
}

function requireOneOf(
  statement: Record<string, unknown>,
  name: string,
  negated: string,
  words: string,
) {
  if ((statement[name] === undefined) === (statement[negated] === undefined)) throw malformed(words)
}

function readList(value: unknown): string[] {
  const list = Array.isArray(value) ? value : [value]
  const texts = list.filter((item): item is string => typeof item === 'string' && item !== '')
  if (texts.length === 0 || texts.length < list.length) throw malformed('Syntax errors in policy.')
  return texts
}

function checkPrincipals(world: World, principal: unknown) {
  if (principal === '*') return
  if (!isRecord(principal)) throw invalidPrincipals()
  for (const [kind, value] of Object.entries(principal)) {
    const names = readList(value)
    const fits =
      kind === 'AWS' ? (name: string) => isAwsPrincipal(world, name) : principalKinds[kind]
    if (!fits || !names.every(fits)) throw invalidPrincipals()
  }
}

const principalKinds: Record<string, (name: string) => boolean> = {
  Service: (name) =>
    /^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.com(\.cn)?|aws\.internal)$/.test(name),
  Federated: (name) => name.length > 0,
  CanonicalUser: (name) => /^[0-9a-f]{64}$/.test(name),
}

/**
 * Tells whether a name is an account, user, role or session; of an account the sandbox has, users
 * and roles must exist.
 */
export function isAwsPrincipal(world: World, name: string): boolean {
  if (name === '*' || /^\d{12}$/.test(name)) return true
  if (/^A(IDA|ROA)[A-Z0-9]{12,}$/.test(name)) return hasEntity(world, name)
  const match = /^arn:aws:(iam|sts)::(\d{12}):(.+)$/.exec(name)
  const [, service, accountId, resource] = match ?? []
  if (!service || !accountId || !resource) return false
  if (resource === 'root') return service === 'iam'
  const [kind, ...path] = resource.split('/')
  const account = world.accounts.get(accountId)
  const last = path.at(-1) ?? ''
  if (last === '') return false
  if (service === 'sts') return kind === 'federated-user' || isSessionOf(account, kind, path)
  if (kind === 'user') return !account || account.users.get(last)?.arn === name
  if (kind === 'role') return !account || account.roles.get(last)?.arn === name
  return false
}

const isSessionOf = (
  account: Account | undefined,
  kind: string | undefined,
  path: readonly string[],
): boolean =>
  kind === 'assumed-role' && path.length === 2 && (!account || account.roles.has(path[0] ?? ''))

/**
 * Tells whether the id is of a living principal: of one that is gone AWS shows its unique id, and
 * does not take it back.
 */
function hasEntity(world: World, id: string): boolean {
  for (const account of world.accounts.values()) {
    for (const entity of [...account.users.values(), ...account.roles.values()])
      if (entity.id === id) return true
  }
  return false
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const malformed = (words: string) => new AwsError('MalformedPolicyDocumentException', words)
const invalidPrincipals = () =>
  malformed('Policy contains a statement with one or more invalid principals.')
