import { operations } from '../kms/operations'

/** Actions on a key that people ask about, as IAM names them. */
export const askableActions: readonly string[] = Object.entries(operations).flatMap(
  ([name, { on, actions }]) => (on === 'key' && actions === undefined ? [`kms:${name}`] : []),
)

/** Services that use keys for their customers, by the name kms:ViaService has before the Region. */
export const viaServices = [
  's3',
  'ec2',
  'rds',
  'dynamodb',
  'secretsmanager',
  'ssm',
  'sqs',
  'sns',
  'lambda',
  'logs',
  'kinesis',
  'elasticfilesystem',
  'backup',
  'redshift',
  'glue',
  'ecr',
  'eks',
  'cloudtrail',
  'athena',
]

/** AWS services that policies name as principals. */
export const servicePrincipals = [
  'cloudtrail',
  'logs',
  'delivery.logs',
  's3',
  'sns',
  'sqs',
  'events',
  'cloudwatch',
  'config',
  'lambda',
  'backup',
  'rds',
  'dynamodb',
  'ses',
].map((name) => `${name}.amazonaws.com`)
