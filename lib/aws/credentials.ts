import 'server-only'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { callAws } from './call'
import { AwsProblem } from './errors'
import { requestHandler } from './http'

export type RoleCredentials = {
  accessKeyId: string
  secretAccessKey: string
  sessionToken: string
  expiration: Date
}
type Entry = { promise: Promise<RoleCredentials>; goodUntil: number }

/**
 * Taken again this long before they end, so that no call is signed with
 * credentials that end on the way.
 */
const earlyMs = 5 * 60_000
const refusedMs = 2 * 60_000
const cache = new Map<string, Entry>()
const clients = new Map<string, STSClient>()

/** STS of a Region with the console's own credentials. */
export function ownSts(region: string): STSClient {
  let client = clients.get(region)
  if (!client)
    clients.set(region, (client = new STSClient({ region, maxAttempts: 1, requestHandler })))
  return client
}

/**
 * Credentials of a session of the read role, from the cache while they last. Throws AwsProblem with
 * api sts:AssumeRole, also when the role is refused, so that nobody takes it for a refusal by KMS.
 */
export async function assumeReadRole(
  roleArn: string,
  region: string,
  externalId: string,
): Promise<RoleCredentials> {
  const key = `${roleArn} ${externalId}`
  const known = cache.get(key)
  if (known && known.goodUntil > Date.now()) return known.promise
  const promise = assume(roleArn, region, externalId)
  const entry: Entry = { promise, goodUntil: Date.now() + 60_000 }
  cache.set(key, entry)
  promise.then(
    (credentials) => {
      entry.goodUntil = credentials.expiration.getTime() - earlyMs
    },
    (error: unknown) => {
      // A role that refuses us refuses each of an account's hundred sweeps, and every refusal is
      // somebody's alarm: one is remembered.
      if (error instanceof AwsProblem && error.kind === 'denied')
        entry.goodUntil = Date.now() + refusedMs
      else if (cache.get(key) === entry) cache.delete(key)
    },
  )
  return promise
}

/**
 * For a test of the connection, and after a role was changed: the next call assumes the role anew.
 */
export function forgetCredentials(roleArn: string): void {
  for (const key of cache.keys()) if (key.startsWith(`${roleArn} `)) cache.delete(key)
}

async function assume(
  roleArn: string,
  region: string,
  externalId: string,
): Promise<RoleCredentials> {
  const command = new AssumeRoleCommand({
    RoleArn: roleArn,
    RoleSessionName: 'claviger-read',
    ExternalId: externalId,
    DurationSeconds: 3600,
  })
  // It counts on the account that calls, our own, whichever role it is.
  const { Credentials: given } = await callAws({ accountId: 'own', region }, 'sts:AssumeRole', () =>
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
    expiration: given.Expiration ?? new Date(Date.now() + 3_600_000),
  }
}
