/**
 * Which resource an encryption context speaks of. AWS services put the resource that they encrypt
 * into the context, and CloudTrail logs it in clear (lib/trail/README.md, "Resources"). Pure.
 */

/** A resource as AWS names it: an ARN where the context holds one, else its ID or name. */
export type BoundResource = { kind: string; id: string }

type Rule = {
  kind: string
  /** Cuts the value to the resource: of an object, its bucket. */
  cut?: (value: string) => string
}

const bucketOf = (arn: string) => {
  const slash = arn.indexOf('/')
  return slash < 0 ? arn : arn.slice(0, slash)
}

/**
 * Context keys and what their value is, the most telling first: a context with several names the
 * resource by the first of them. One line for each key; nothing else knows them.
 */
const contextKeys: Readonly<Record<string, Rule>> = {
  'aws:s3:arn': { kind: 'S3 bucket', cut: bucketOf },
  'aws:ebs:id': { kind: 'EBS volume' },
  'aws:rds:dbc-id': { kind: 'RDS cluster' },
  'aws:rds:db-id': { kind: 'RDS instance' },
  SecretARN: { kind: 'Secrets Manager secret' },
  PARAMETER_ARN: { kind: 'SSM parameter' },
  'aws:ssm:SessionId': { kind: 'SSM session' },
  'aws:dynamodb:tableName': { kind: 'DynamoDB table' },
  'aws:cassandra:tableName': { kind: 'Keyspaces table' },
  'aws:lambda:FunctionArn': { kind: 'Lambda function' },
  'aws:sqs:arn': { kind: 'SQS queue' },
  'aws:sns:topicArn': { kind: 'SNS topic' },
  'aws:logs:arn': { kind: 'CloudWatch log group' },
  'aws:logs:logGroupArn': { kind: 'CloudWatch log group' },
  'aws:backup:backup-vault': { kind: 'Backup vault' },
  'aws:elasticfilesystem:filesystem:id': { kind: 'EFS file system' },
  'aws:fsx:fs-id': { kind: 'FSx file system' },
  'aws:redshift:arn': { kind: 'Redshift cluster' },
  'aws:kinesis:arn': { kind: 'Kinesis stream' },
  'aws:cloudtrail:arn': { kind: 'CloudTrail trail' },
  'aws:states:stateMachineArn': { kind: 'Step Functions state machine' },
  'aws:events:event-bus:arn': { kind: 'EventBridge event bus' },
  'aws:workspaces:sid-directoryid': { kind: 'WorkSpaces user' },
  'aws:ses:message-id': { kind: 'SES message' },
}
const known = Object.entries(contextKeys)

/** Of a context that no rule knows: it is shown as it is, and counted by the names in it. */
export const unknownContext = 'Encryption context'

/** Returns the resource that a context names; null for an empty context. */
export function resourceOf(context: Readonly<Record<string, string>>): BoundResource | null {
  for (const [key, { kind, cut }] of known) {
    const value = Object.hasOwn(context, key) ? context[key] : undefined
    if (value) return { kind, id: cut ? cut(value) : value }
  }
  const names = Object.keys(context)
  return names.length === 0 ? null : { kind: unknownContext, id: names.sort().join(', ') }
}
