import { readPolicy } from '../authz/policy'
import { statementApplies, type Question } from '../authz/statements'
import { objectArn } from '../s3/access'
import type { Bucket, Trail, World } from '../world'
import { listSources } from './sources'

/**
 * Why a trail cannot deliver, as GetTrailStatus names it; null: it can. The bucket must be there and
 * its policy let CloudTrail write; the key must be usable.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
export function findDeliveryError(world: World, trail: Trail): string | null {
  const bucket = world.buckets.get(trail.s3BucketName)
  if (!bucket) return 'NoSuchBucket'
  const folder = listSources(world, trail)[0]?.logs ?? 'AWSLogs/'
  if (!mayWrite(trail, bucket, `${folder}x`)) return 'AccessDenied'
  if (trail.kmsKeyArn === null) return null
  const [, , , region = '', accountId = '', path = ''] = trail.kmsKeyArn.split(':')
  const keys = world.accounts.get(accountId)?.regions.get(region)?.keys
  const key = keys?.get(path.replace(/^key\//, ''))
  if (!key) return 'KMS.NotFoundException'
  return key.state === 'Enabled' ? null : 'KMS.DisabledException'
}

function mayWrite(trail: Trail, bucket: Bucket, key: string): boolean {
  const policy = readPolicy(bucket.policy ?? '{}')
  const known: Record<string, string[]> = {
    's3:x-amz-acl': ['bucket-owner-full-control'],
    'aws:sourcearn': [trail.arn],
    'aws:sourceaccount': [trail.arn.split(':')[4] ?? ''],
    'aws:securetransport': ['true'],
  }
  const question: Question = {
    action: 's3:PutObject',
    resourceArn: objectArn(bucket.name, key),
    lookup: (name) => known[name],
  }
  const speaking = (policy?.statements ?? []).filter(
    (statement) =>
      policy !== null &&
      isAboutCloudTrail(statement.principals) &&
      statementApplies(statement, policy, question, true),
  )
  return speaking.length > 0 && speaking.every(({ effect }) => effect === 'Allow')
}

const isAboutCloudTrail = (
  principals: { everyone: boolean; not: boolean; services: string[] } | null,
) =>
  principals !== null &&
  !principals.not &&
  (principals.everyone || principals.services.includes('cloudtrail.amazonaws.com'))
