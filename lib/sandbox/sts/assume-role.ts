import { randomBytes } from 'node:crypto'
import { findRole } from '../accounts'
import { decideOnRole } from '../authz/authorize'
import type { RequestContext } from '../authz/request-context'
import { documentOf } from '../authz/identity'
import { AwsError, type Call, type Input } from '../call'
import type { IamRole, Session } from '../world'
import { readAssumeRole, type AssumeRoleInput } from './read-assume-role'

const chainedSeconds = 3600

/**
 * AssumeRole: trust policy and the caller's IAM, both across accounts; SourceIdentity is judged on
 * its own. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumeRole(call: Call, input: Input): Input {
  const asked = readAssumeRole(input)
  const role = findRole(call.world, asked.roleArn)
  call.trail.requestParameters = shownParameters(asked)
  if (!role) throw denied(call, 'sts:AssumeRole', asked.roleArn)
  const session = openSession(call, asked, allowedRole(call, role, asked))
  call.world.sessions.set(session.accessKeyId, session)
  role.lastUsedAt = call.now
  const assumedRole = { AssumedRoleId: `${role.id}:${asked.roleSessionName}`, Arn: session.arn }
  const expiration = new Date(session.expiresAt).toISOString().replace(/\.\d+/, '')
  noteForTrail(call, role, session, assumedRole, expiration)
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: expiration,
    },
    AssumedRoleUser: assumedRole,
    ...(session.sessionPolicies.length === 0
      ? {}
      : { PackedPolicySize: packedPercent(session.sessionPolicies) }),
    ...(session.sourceIdentity === null ? {} : { SourceIdentity: session.sourceIdentity }),
  }
}

function allowedRole(call: Call, role: IamRole, asked: AssumeRoleInput): IamRole {
  if (call.caller.kind === 'root')
    throw new AwsError('AccessDenied', 'Roles may not be assumed by root accounts.', 403)
  // A chain carries its source identity on and cannot change it.
  const carried = call.caller.sourceIdentity
  const sourceIdentity = carried ?? asked.sourceIdentity
  const context: RequestContext = {
    'sts:ExternalId': asked.externalId ?? undefined,
    'sts:RoleSessionName': asked.roleSessionName,
    'sts:SourceIdentity': sourceIdentity ?? undefined,
    ...tagContext(asked.tags),
  }
  if (!decideOnRole(call, role, 'sts:AssumeRole', context).allowed)
    throw denied(call, 'sts:AssumeRole', role.arn)
  if (carried !== null && asked.sourceIdentity !== null && asked.sourceIdentity !== carried) {
    throw denied(call, 'sts:SetSourceIdentity', role.arn)
  }
  if (
    sourceIdentity !== null &&
    !decideOnRole(call, role, 'sts:SetSourceIdentity', context).allowed
  ) {
    throw denied(call, 'sts:SetSourceIdentity', role.arn)
  }
  if (asked.tags.size > 0 && !decideOnRole(call, role, 'sts:TagSession', context).allowed)
    throw denied(call, 'sts:TagSession', role.arn)
  checkDuration(call, role, asked.durationSeconds)
  return role
}

function tagContext(tags: Map<string, string>): RequestContext {
  if (tags.size === 0) return {}
  const requested = Array.from(tags, ([key, value]) => [`aws:RequestTag/${key}`, value])
  return { 'aws:TagKeys': Array.from(tags.keys()), ...Object.fromEntries(requested) }
}

function denied(call: Call, action: string, roleArn: string): AwsError {
  return new AwsError(
    'AccessDenied',
    `User: ${call.caller.arn} is not authorized to perform: ${action} on resource: ${roleArn}`,
    403,
  )
}

function checkDuration(call: Call, role: IamRole, seconds: number | null): void {
  if (seconds === null) return
  if (call.caller.kind === 'role-session' && seconds > chainedSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    )
  }
  if (seconds > role.maxSessionSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    )
  }
}

/** Opens a session that ends by the machine's clock: advancing the sandbox's ends no session. */
function openSession(call: Call, asked: AssumeRoleInput, role: IamRole): Session {
  const accountId = role.arn.split(':')[4] ?? ''
  const inline = asked.policy === null ? [] : [asked.policy]
  return {
    accessKeyId: `ASIA${base32(16)}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: `IQoJb3JpZ2luX2Vj${randomBytes(240).toString('base64')}`,
    roleArn: role.arn,
    arn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${asked.roleSessionName}`,
    sessionPolicies: [
      ...inline,
      ...asked.policyArns.flatMap((arn) => policyByArn(call, accountId, arn)),
    ],
    sourceIdentity: call.caller.sourceIdentity ?? asked.sourceIdentity,
    tags: asked.tags,
    createdAt: call.now,
    expiresAt: Math.floor(Date.now() / 1000 + (asked.durationSeconds ?? chainedSeconds)) * 1000,
  }
}

function policyByArn(call: Call, accountId: string, arn: string): string[] {
  const found = documentOf(call.world, accountId, arn)
  if (found.length === 0)
    throw new AwsError(
      'ValidationError',
      `The requested policy ${arn} does not exist or is not attachable.`,
    )
  return found
}

function base32(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  return Array.from(randomBytes(length), (byte) => letters[byte & 31]).join('')
}

function packedPercent(policies: string[]): number {
  return Math.min(100, Math.ceil((policies.join('').length / 2048) * 100))
}

function shownParameters(asked: AssumeRoleInput): Record<string, unknown> {
  const { roleArn, roleSessionName, externalId, durationSeconds, sourceIdentity, policy } = asked
  const given = Object.entries({ externalId, durationSeconds, sourceIdentity, policy }).filter(
    ([, value]) => value !== null,
  )
  const tags = Array.from(asked.tags, ([key, value]) => ({ key, value }))
  return {
    roleArn,
    roleSessionName,
    ...Object.fromEntries(given),
    ...(tags.length === 0 ? {} : { tags }),
  }
}

function noteForTrail(
  call: Call,
  role: IamRole,
  session: Session,
  assumedRole: { AssumedRoleId: string; Arn: string },
  expiration: string,
): void {
  call.trail.resources = [
    { accountId: role.arn.split(':')[4] ?? '', type: 'AWS::IAM::Role', ARN: role.arn },
  ]
  call.trail.responseElements = {
    credentials: { accessKeyId: session.accessKeyId, expiration },
    assumedRoleUser: { assumedRoleId: assumedRole.AssumedRoleId, arn: assumedRole.Arn },
    ...(session.sourceIdentity === null ? {} : { sourceIdentity: session.sourceIdentity }),
  }
}
