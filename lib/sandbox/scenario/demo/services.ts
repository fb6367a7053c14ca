import type { GrantPlan } from '../plan'
import { REGION } from './company'

/** What AWS services allow themselves in the grants they make. */
const VOLUME_OPERATIONS = [
  'Decrypt',
  'CreateGrant',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'DescribeKey',
  'RetireGrant',
]

/**
 * Makes a grant of EBS: one a volume, to the instance's infrastructure role, bound to the volume.
 */
export function volumeGrant(
  accountId: string,
  volume: string,
  instance: string,
  daysAgo: number,
): GrantPlan {
  return {
    daysAgo,
    grantee: `arn:aws:sts::${accountId}:assumed-role/aws:ec2-infrastructure/${instance}`,
    operations: ['Decrypt'],
    subset: { 'aws:ebs:id': volume },
    retiring: `ec2.${REGION.ireland}.amazonaws.com`,
  }
}

export function autoScalingGrant(
  accountId: string,
  ownerAccountId: string,
  daysAgo: number,
): GrantPlan {
  const role = `arn:aws:iam::${accountId}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling`
  return {
    daysAgo,
    grantee: role,
    operations: [...VOLUME_OPERATIONS, 'Encrypt', 'GenerateDataKey'],
    issuer: ownerAccountId,
  }
}

/** Makes a grant of RDS in the older form: the service's name stands where a principal would. */
export function databaseGrant(region: string, database: string, daysAgo: number): GrantPlan {
  const service = `rds.${region}.amazonaws.com`
  return {
    daysAgo,
    grantee: service,
    retiring: service,
    subset: { 'aws:rds:db-id': database },
    operations: [
      'Decrypt',
      'Encrypt',
      'GenerateDataKey',
      'ReEncryptFrom',
      'ReEncryptTo',
      'CreateGrant',
      'RetireGrant',
      'DescribeKey',
    ],
  }
}

export function tableGrant(
  region: string,
  accountId: string,
  table: string,
  daysAgo: number,
): GrantPlan {
  const service = `dynamodb.${region}.amazonaws.com`
  return {
    daysAgo,
    grantee: service,
    retiring: service,
    operations: [
      'Encrypt',
      'Decrypt',
      'ReEncryptFrom',
      'ReEncryptTo',
      'GenerateDataKey',
      'DescribeKey',
      'RetireGrant',
    ],
    subset: { 'aws:dynamodb:tableName': table, 'aws:dynamodb:subscriberId': accountId },
  }
}

/** Makes a grant in the form of 2026: a service principal, bound to the resource it serves. */
export function serviceGrant(
  service: string,
  sourceArn: string,
  operations: string[],
  daysAgo: number,
): GrantPlan {
  return { daysAgo, granteeService: service, retiringService: service, sourceArn, operations }
}
