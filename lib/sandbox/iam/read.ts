import { findRole, findUser } from '../accounts'
import { AwsError, type Call, type Input } from '../call'
import { readPolicy } from '../authz/policy'
import type { World } from '../world'

type Rule = { min?: number; max: number; pattern?: RegExp; patternText?: string }

const entityName: Rule = { max: 64, pattern: /^[\w+=,.@-]+$/, patternText: '[\\w+=,.@-]+' }
export const names = { user: entityName, role: entityName, policy: { ...entityName, max: 128 } }

/** A required text. Throws ValidationError as IAM does. */
export function readName(input: Input, member: string, rule: Rule): string {
  const value = input[member]
  const at = member.charAt(0).toLowerCase() + member.slice(1)
  const broken =
    typeof value !== 'string'
      ? 'Member must not be null'
      : value.length < (rule.min ?? 1)
        ? `Member must have length greater than or equal to ${rule.min ?? 1}`
        : value.length > rule.max
          ? `Member must have length less than or equal to ${rule.max}`
          : rule.pattern && !rule.pattern.test(value)
            ? `Member must satisfy regular expression pattern: ${rule.patternText}`
            : null
  if (typeof value === 'string' && broken === null) return value
  const shown = typeof value === 'string' ? `'${value}'` : 'null'
  throw new AwsError(
    'ValidationError',
    `1 validation error detected: Value ${shown} at '${at}' failed to satisfy constraint: ${broken}`,
  )
}

export function readPath(input: Input): string {
  const path = input.Path
  if (path === undefined) return '/'
  if (typeof path === 'string' && /^\/([\x21-\x7e]+\/)?$/.test(path) && path.length <= 512)
    return path
  throw new AwsError(
    'ValidationError',
    'The specified value for path is invalid. It must begin and end with / and contain only ' +
      'alphanumeric characters and/or / characters.',
  )
}

/**
 * A policy document's text; its size and form are checked, for trust policies the principals too.
 */
export function readDocument(
  world: World,
  input: Input,
  member: string,
  kind: 'identity' | 'trust',
): string {
  const text = readName(input, member, { max: 131_072 })
  const policy = readPolicy(text)
  if (!policy) throw new AwsError('MalformedPolicyDocument', 'Syntax errors in policy.')
  for (const statement of policy.statements) {
    if (kind === 'identity' && statement.principals) {
      throw new AwsError(
        'MalformedPolicyDocument',
        'Policy document should not specify a principal.',
      )
    }
    if (kind === 'trust' && statement.resources)
      throw new AwsError('MalformedPolicyDocument', 'Has prohibited field Resource')
    for (const arn of statement.principals?.aws ?? []) checkPrincipal(world, arn)
  }
  return text
}

const alwaysThere = /^(\*|\d{12}|arn:aws:iam::\d{12}:(root|user\/admin)|arn:aws:sts::\d{12}:.+)$/

/** Users and roles that are named must exist; the admin of an account is made with the account. */
function checkPrincipal(world: World, arn: string): void {
  if (alwaysThere.test(arn)) return
  if (findUser(world, arn) || findRole(world, arn)) return
  throw new AwsError('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${arn}"`)
}

export function readTags(input: Input): Map<string, string> {
  const list = Array.isArray(input.Tags) ? input.Tags : []
  return new Map(
    list.flatMap((tag) => {
      const [key, value] =
        typeof tag === 'object' && tag !== null && !Array.isArray(tag) ? [tag.Key, tag.Value] : []
      return typeof key === 'string' && typeof value === 'string' ? [[key, value] as const] : []
    }),
  )
}

export function noSuch(kind: 'user' | 'role', name: string): AwsError {
  return new AwsError('NoSuchEntity', `The ${kind} with name ${name} cannot be found.`, 404)
}

/** IAM's times on the wire. */
export function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

/** Documents go URL-encoded, as RFC 3986 has it. */
export function encodeDocument(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function arnOf(call: Call, kind: 'user' | 'role', path: string, name: string): string {
  return `arn:aws:iam::${call.caller.accountId}:${kind}${path}${name}`
}
