import 'server-only'
import { AccountClient } from '@aws-sdk/client-account'
import { CloudTrailClient } from '@aws-sdk/client-cloudtrail'
import { IAMClient } from '@aws-sdk/client-iam'
import { KMSClient } from '@aws-sdk/client-kms'
import { OrganizationsClient } from '@aws-sdk/client-organizations'
import { S3Client } from '@aws-sdk/client-s3'
import { ServiceQuotasClient } from '@aws-sdk/client-service-quotas'
import { STSClient } from '@aws-sdk/client-sts'
import { assumeReadRole } from './credentials'
import { requestHandler } from './http'

/** Whose eyes to read with, and where. `roleArn` null: the console's own credentials. */
export type Reader = { roleArn: string | null; region: string; externalId: string }

type Config = {
  region: string
  maxAttempts: number
  requestHandler: typeof requestHandler
  customUserAgent: string
  credentials?: () => ReturnType<typeof assumeReadRole>
}

/**
 * Each SDK client is some tens of kilobytes; an organization has more account-Region pairs
 * than are read at one time.
 */
const maxClients = 300
const clients = new Map<string, object>()

function open<C extends object>(
  service: string,
  make: new (config: Config) => C,
  reader: Reader,
): C {
  const key = `${service} ${reader.roleArn ?? 'own'} ${reader.region}`
  const known = clients.get(key)
  if (known instanceof make) return known
  const { roleArn, region, externalId } = reader
  const client = new make({
    // One attempt: a throttled call goes back to our own queue (call.ts), which knows the budget.
    region,
    maxAttempts: 1,
    requestHandler,
    customUserAgent: 'claviger',
    ...(roleArn === null ? {} : { credentials: () => assumeReadRole(roleArn, region, externalId) }),
  })
  clients.set(key, client)
  for (const oldest of clients.keys()) {
    if (clients.size <= maxClients) break
    clients.delete(oldest)
  }
  return client
}

export const openKms = (reader: Reader): KMSClient => open('kms', KMSClient, reader)
export const openCloudTrail = (reader: Reader): CloudTrailClient =>
  open('cloudtrail', CloudTrailClient, reader)
export const openIam = (reader: Reader): IAMClient => open('iam', IAMClient, reader)
export const openAccountApi = (reader: Reader): AccountClient =>
  open('account', AccountClient, reader)
export const openOrganizations = (reader: Reader): OrganizationsClient =>
  open('organizations', OrganizationsClient, reader)
export const openServiceQuotas = (reader: Reader): ServiceQuotasClient =>
  open('servicequotas', ServiceQuotasClient, reader)
export const openS3 = (reader: Reader): S3Client => open('s3', S3Client, reader)
export const openSts = (reader: Reader): STSClient => open('sts', STSClient, reader)

/** After a role was changed or an account removed. */
export function forgetClients(roleArn: string): void {
  for (const key of clients.keys()) if (key.includes(` ${roleArn} `)) clients.delete(key)
}
