import { readPolicy } from '../authz/policy'
import { AwsError, type Input } from '../call'
import { readTags } from '../iam/read'

export type AssumeRoleInput = {
  roleArn: string
  roleSessionName: string
  externalId: string | null
  durationSeconds: number | null
  policy: string | null
  policyArns: string[]
  sourceIdentity: string | null
  tags: Map<string, string>
}

/**
 * Reads the input of AssumeRole. Throws ValidationError and MalformedPolicyDocument as STS does, at
 * the bounds of its API.
 */
export function readAssumeRole(input: Input): AssumeRoleInput {
  const roleArn = textOf(input, 'RoleArn', { min: 20, max: 2048, required: true })
  const roleSessionName = textOf(input, 'RoleSessionName', {
    min: 2,
    max: 64,
    pattern: '[\\w+=,.@-]*',
    required: true,
  })
  const externalId = textOf(input, 'ExternalId', { min: 2, max: 1224, pattern: '[\\w+=,.@:\\/-]*' })
  const sourceIdentity = textOf(input, 'SourceIdentity', {
    min: 2,
    max: 64,
    pattern: '[\\w+=,.@-]*',
  })
  const policy = textOf(input, 'Policy', { min: 1, max: 2048 })
  if (!/^arn:aws:iam::\d{12}:role\/.+/.test(roleArn ?? ''))
    throw new AwsError('ValidationError', `${roleArn} is invalid`)
  if (policy !== null && readPolicy(policy) === null) {
    throw new AwsError('MalformedPolicyDocument', 'This policy contains invalid Json')
  }
  return {
    roleArn: roleArn ?? '',
    roleSessionName: roleSessionName ?? '',
    externalId,
    sourceIdentity,
    policy,
    policyArns: arnsOf(input),
    durationSeconds: durationOf(input),
    tags: readTags(input),
  }
}

function arnsOf(input: Input): string[] {
  const list = Array.isArray(input.PolicyArns) ? input.PolicyArns : []
  return list.flatMap((entry) => {
    const arn =
      typeof entry === 'object' && entry !== null && !Array.isArray(entry) ? entry.arn : undefined
    return typeof arn === 'string' ? [arn] : []
  })
}

function durationOf(input: Input): number | null {
  if (input.DurationSeconds === undefined) return null
  const seconds = Number(input.DurationSeconds)
  if (!Number.isInteger(seconds))
    throw new AwsError('MalformedInput', 'DurationSeconds is no integer')
  if (seconds < 900)
    throw invalid(
      String(seconds),
      'durationSeconds',
      'Member must have value greater than or equal to 900',
    )
  if (seconds > 43_200)
    throw invalid(
      String(seconds),
      'durationSeconds',
      'Member must have value less than or equal to 43200',
    )
  return seconds
}

type Rule = { min: number; max: number; pattern?: string; required?: true }

function textOf(input: Input, name: string, rule: Rule): string | null {
  const value = input[name]
  const member = name.charAt(0).toLowerCase() + name.slice(1)
  if (typeof value !== 'string') {
    if (!rule.required) return null
    throw invalid(null, member, 'Member must not be null')
  }
  if (value.length < rule.min)
    throw invalid(value, member, `Member must have length greater than or equal to ${rule.min}`)
  if (value.length > rule.max)
    throw invalid(value, member, `Member must have length less than or equal to ${rule.max}`)
  if (rule.pattern && !new RegExp(`^${rule.pattern}$`).test(value)) {
    throw invalid(value, member, `Member must satisfy regular expression pattern: ${rule.pattern}`)
  }
  return value
}

function invalid(value: string | null, member: string, rule: string): AwsError {
  const shown = value === null ? 'null' : `'${value}'`
  return new AwsError(
    'ValidationError',
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${rule}`,
  )
}
