import 'server-only'
import { KMSClient } from '@aws-sdk/client-kms'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { callAws } from './call'
import { ownSts, type RoleCredentials } from './credentials'
import { AwsProblem } from './errors'
import { requestHandler } from './http'

/** A session of the write role for one change, cut down to it. */
export type WriteSession = {
  roleArn: string
  externalId: string
  /** The person the change is made for, as SourceIdentity: 2 to 64 of [\w+=,.@-]. */
  sourceIdentity: string
  /** The change. */
  sessionName: string
  /** The session policy, JSON: what of the role's rights is left. */
  policy: string
  signal?: AbortSignal
}

const shortest = 900

/**
 * Opens a session for one change. It is never cached: each change has its own. Throws AwsProblem
 * with api sts:AssumeRole.
 */
export async function assumeWriteRole(
  session: WriteSession,
  region: string,
): Promise<RoleCredentials> {
  const command = new AssumeRoleCommand({
    RoleArn: session.roleArn,
    RoleSessionName: session.sessionName,
    ExternalId: session.externalId,
    SourceIdentity: session.sourceIdentity,
    Policy: session.policy,
    DurationSeconds: shortest,
  })
  const place = { accountId: 'own', region, signal: session.signal, deadlineMs: 10_000 }
  const { Credentials: given } = await callAws(place, 'sts:AssumeRole', () =>
    ownSts(region).send(command),
  )
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken) {
    throw new AwsProblem(
      'unexpected',
      'NoCredentials',
      'AssumeRole answered without credentials.',
      'sts:AssumeRole',
    )
  }
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: given.Expiration ?? new Date(Date.now() + shortest * 1_000),
  }
}

// One attempt: an answer might be lost after AWS did it, so the kind of change finds out before it
// sends again.
const config = (credentials: RoleCredentials, region: string) => ({
  region,
  maxAttempts: 1,
  requestHandler,
  customUserAgent: 'claviger',
  credentials,
})
export const openWriteKms = (credentials: RoleCredentials, region: string): KMSClient =>
  new KMSClient(config(credentials, region))
export const openWriteQuotas = (
  credentials: RoleCredentials,
  region: string,
): ServiceQuotasClient => new ServiceQuotasClient(config(credentials, region))
