import { accountOperations } from './account/operations'
import { athenaOperations } from './athena/operations'
import type { Operations } from './call'
import { cloudWatchOperations } from './cloudwatch/operations'
import { ec2Operations } from './ec2/operations'
import { iamOperations } from './iam/operations'
import { kmsOperations } from './kms/operations'
import { organizationsOperations } from './organizations/operations'
import { serviceQuotasOperations } from './quotas/operations'
import { s3Operations } from './s3/operations'
import { stsOperations } from './sts/operations'
import { taggingOperations } from './tagging/operations'
import { cloudTrailOperations } from './trail/operations'

/**
 * `cbor`: RPC v2, which boto3 speaks to CloudWatch; a service of the
 * `json` protocol answers it too. `ec2`: forms with lists numbered without
 * `member`, and XML of its own kind. `s3`: what is asked for stands in the address,
 * the head and the body.
 */
export type Protocol = 'json' | 'query' | 'ec2' | 'rest' | 'cbor' | 's3'
export type ServiceDefinition = {
  /** The IAM prefix and `eventSource` without `.amazonaws.com`. */
  name: string
  protocol: Protocol
  /** JSON services: what stands before the dot of X-Amz-Target, its last label. */
  target?: string
  contentType: string
  /** XML namespace of query answers. */
  namespace?: string
  operations: Operations
}

const json11 = 'application/x-amz-json-1.1'

const json10 = 'application/x-amz-json-1.0'
const json = (
  name: string,
  target: string,
  operations: Operations,
  contentType = json11,
): ServiceDefinition => ({ name, protocol: 'json', target, contentType, operations })
const query = (name: string, namespace: string, operations: Operations): ServiceDefinition => ({
  name,
  protocol: 'query',
  contentType: 'text/xml',
  namespace,
  operations,
})

/**
 * By the service name that requests are signed for. An operation missing here answers
 * UnknownOperationException. A room's operations come in as one table: `json('kms',
 * 'TrentService', kmsOperations)`.
 */
export const services: Record<string, ServiceDefinition> = {
  kms: json('kms', 'TrentService', kmsOperations),
  cloudtrail: json('cloudtrail', 'CloudTrail_20131101', cloudTrailOperations),
  servicequotas: json('servicequotas', 'ServiceQuotasV20190624', serviceQuotasOperations),
  organizations: json('organizations', 'AWSOrganizationsV20161128', organizationsOperations),
  // Its clients speak JSON, CBOR or, the older ones, forms and XML.
  monitoring: {
    ...json('cloudwatch', 'GraniteServiceVersion20100801', cloudWatchOperations, json10),
    namespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
  },
  account: {
    name: 'account',
    protocol: 'rest',
    contentType: 'application/json',
    operations: accountOperations,
  },
  sts: query('sts', 'https://sts.amazonaws.com/doc/2011-06-15/', stsOperations),
  iam: query('iam', 'https://iam.amazonaws.com/doc/2010-05-08/', iamOperations),
  ec2: {
    name: 'ec2',
    protocol: 'ec2',
    contentType: 'text/xml',
    namespace: 'http://ec2.amazonaws.com/doc/2016-11-15/',
    operations: ec2Operations,
  },
  athena: json('athena', 'AmazonAthena', athenaOperations),
  s3: { name: 's3', protocol: 's3', contentType: 'application/xml', operations: s3Operations },
  tagging: json('tagging', 'ResourceGroupsTaggingAPI_20170126', taggingOperations),
}
