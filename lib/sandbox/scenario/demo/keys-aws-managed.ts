import type { KeyPlan } from '../plan'
import { ACCOUNT, REGION } from './company'
import { awsManagedPolicy } from './policies'
import { volumeGrant } from './services'

const { shared, prod, data, dev, security } = ACCOUNT

const MANAGED: [
  accountId: string,
  region: string,
  alias: string,
  service: string,
  label: string,
  daysAgo: number,
][] = [
  [prod, REGION.ireland, 'ebs', 'EBS', 'ec2', 2100],
  [prod, REGION.ireland, 's3', 'S3', 's3', 2100],
  [prod, REGION.ireland, 'rds', 'RDS', 'rds', 2010],
  [prod, REGION.ireland, 'secretsmanager', 'Secrets Manager', 'secretsmanager', 1300],
  [prod, REGION.frankfurt, 'ssm', 'SSM', 'ssm', 900],
  [prod, REGION.virginia, 'lambda', 'Lambda', 'lambda', 800],
  [data, REGION.frankfurt, 'ebs', 'EBS', 'ec2', 1400],
  [data, REGION.frankfurt, 's3', 'S3', 's3', 1400],
  [data, REGION.frankfurt, 'kinesis', 'Kinesis', 'kinesis', 700],
  [shared, REGION.ireland, 'sns', 'SNS', 'sns', 1500],
  [shared, REGION.ireland, 'backup', 'Backup', 'backup', 1100],
  [dev, REGION.ireland, 'ebs', 'EBS', 'ec2', 1900],
  [security, REGION.ireland, 's3', 'S3', 's3', 1650],
]

export const AWS_MANAGED_KEYS: KeyPlan[] = MANAGED.map(
  ([accountId, region, alias, service, label, createdDaysAgo]) => ({
    handle: `aws-managed-${accountId}-${region}-${alias}`,
    accountId,
    region,
    createdDaysAgo,
    awsManaged: `aws/${alias}`,
    description: `Default key that protects my ${service} data when no other key is defined`,
    policy: awsManagedPolicy(service, label, accountId, region),
    ...(alias === 'ebs'
      ? { grants: [volumeGrant(accountId, 'vol-0b7d91c4a2e6f8035', 'i-0d52e7a9c1b4f3068', 44)] }
      : {}),
    ...(createdDaysAgo > 1000
      ? { lastUsed: { operation: 'Decrypt', daysAgo: (createdDaysAgo % 40) + 1 } }
      : {}),
  }),
)

/** Predefined names that no service has needed yet: ListAliases shows them without a key. */
export const UNBOUND_ALIASES = [
  'alias/aws/acm',
  'alias/aws/dynamodb',
  'alias/aws/elasticfilesystem',
  'alias/aws/es',
  'alias/aws/redshift',
]
