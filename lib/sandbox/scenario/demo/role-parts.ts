import { trust } from '../make'
import { REGION } from './company'
import { document, type Document } from './people'

/** A role as the company's teams made it; ages are spread by its place in the list. */
export type RoleSketch = {
  name: string
  trust: object
  path?: string
  description?: string
  inline?: Record<string, Document>
  attached?: string[]
  boundary?: string
  tags?: Record<string, string>
  unused?: true
}

export type ArnOf = (handle: string) => string

export const ec2 = trust.service('ec2.amazonaws.com')
export const ecs = trust.service('ecs-tasks.amazonaws.com')
export const lambda = trust.service('lambda.amazonaws.com')
export const glue = trust.service('glue.amazonaws.com')

export const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey']
export const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${REGION.ireland}.amazonaws.com` } }

export function github(accountId: string): object {
  return document({
    Effect: 'Allow',
    Principal: {
      Federated: `arn:aws:iam::${accountId}:oidc-provider/token.actions.githubusercontent.com`,
    },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringLike: {
        'token.actions.githubusercontent.com:sub': 'repo:haldenfreight/*:ref:refs/heads/main',
      },
    },
  })
}

function serviceLinked(service: string, name: string): RoleSketch {
  return {
    name,
    path: `/aws-service-role/${service}/`,
    trust: trust.service(service),
    description: 'Service-linked role',
  }
}

export const linked = {
  autoScaling: serviceLinked('autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling'),
  rds: serviceLinked('rds.amazonaws.com', 'AWSServiceRoleForRDS'),
  multiRegion: serviceLinked(
    'mrk.kms.amazonaws.com',
    'AWSServiceRoleForKeyManagementServiceMultiRegionKeys',
  ),
  organizations: serviceLinked('organizations.amazonaws.com', 'AWSServiceRoleForOrganizations'),
}
