/** Services that still make AWS managed keys, and what their keys say of themselves. */
export const predefined: Record<string, string> = {
  acm: 'my ACM private keys',
  backup: 'my Backup data',
  cloud9: 'my Cloud9 data',
  codecommit: 'my CodeCommit repositories',
  connect: 'my Connect data',
  dms: 'my DMS replication instance volumes',
  dynamodb: 'my DynamoDB data',
  ebs: 'my EBS volumes',
  elasticfilesystem: 'my EFS filesystems',
  es: 'my Elasticsearch data',
  fsx: 'my FSx resources',
  glue: 'my Glue data',
  kinesis: 'my Kinesis data',
  kinesisvideo: 'my Kinesis Video Streams data',
  lambda: 'my Lambda functions',
  lightsail: 'my Lightsail data',
  mq: 'my Amazon MQ data',
  rds: 'my RDS database volumes',
  redshift: 'my Redshift clusters',
  s3: 'my S3 objects',
  secretsmanager: 'my Secrets Manager data',
  sns: 'my SNS data',
  sqs: 'my SQS messages',
  ssm: 'my SSM parameters',
  workspaces: 'my WorkSpaces volumes',
  xray: 'my X-Ray data',
}

/**
 * What every account lists in ListAliases, without a TargetKeyId, before any of these keys exists.
 */
export const listedBeforeUse = [
  'acm',
  'dynamodb',
  'ebs',
  'elasticfilesystem',
  'es',
  'glue',
  'kinesisvideo',
  'lambda',
  'rds',
  'redshift',
  's3',
  'secretsmanager',
  'ssm',
  'xray',
].map((service) => `alias/aws/${service}`)
