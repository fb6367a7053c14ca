/**
 * Makes the role that a trail's log files are read with, in the account that owns their bucket:
 * listing and reading below one prefix, and decrypting what stands there, through S3 alone. Pure:
 * shown on a page to copy. The read role stays without any of it, and denies itself kms:Decrypt.
 */
import { partitionOfArn } from '../kms/arn'
import { renderRole, trustPolicy, type RoleSettings, type RoleText } from './role-text'

type LogBucket = {
  bucket: string
  /** Before AWSLogs/; '': nothing. */
  prefix: string
  region: string
  /** The key that log files are encrypted with; null: none of KMS. */
  kmsKeyArn: string | null
  partition: string
}

const allow = (Sid: string, Action: string, Resource: string, Condition?: object) => ({
  Sid,
  Effect: 'Allow',
  Action: [Action],
  Resource,
  ...(Condition ? { Condition } : {}),
})

export function trailRolePolicy({ bucket, prefix, region, kmsKeyArn, partition }: LogBucket) {
  const bucketArn = `arn:${partition}:s3:::${bucket}`
  const below = `${prefix === '' ? '' : `${prefix}/`}AWSLogs/*`
  const suffix = partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'
  const throughS3 = { StringEquals: { 'kms:ViaService': `s3.${region}.${suffix}` } }
  return {
    Version: '2012-10-17',
    Statement: [
      allow('ListLogFiles', 's3:ListBucket', bucketArn, { StringLike: { 's3:prefix': [below] } }),
      allow('ReadLogFiles', 's3:GetObject', `${bucketArn}/${below}`),
      ...(kmsKeyArn === null
        ? []
        : [allow('DecryptLogFiles', 'kms:Decrypt', kmsKeyArn, throughS3)]),
      allow('VerifyDigests', 'cloudtrail:ListPublicKeys', '*'),
    ],
  }
}

/** Renders the role in the three forms people deploy. */
export const renderTrailRole = (
  settings: RoleSettings,
  bucket: Omit<LogBucket, 'partition'>,
): RoleText =>
  renderRole({
    name: settings.roleName,
    description: 'CloudTrail log files for Claviger',
    trust: trustPolicy(settings),
    policyName: 'ClavigerTrail',
    policy: trailRolePolicy({
      ...bucket,
      partition: partitionOfArn(settings.consolePrincipalArn),
    }),
  })
