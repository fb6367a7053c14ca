import { trust } from '../make'
import { ACCOUNT, REGION } from './company'
import { document, may, mayNot, ssoArn, type Document } from './people'

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

const ec2 = trust.service('ec2.amazonaws.com')
const ecs = trust.service('ecs-tasks.amazonaws.com')
const lambda = trust.service('lambda.amazonaws.com')
const glue = trust.service('glue.amazonaws.com')

const USE = ['kms:Encrypt', 'kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey']
const viaS3 = { StringEquals: { 'kms:ViaService': `s3.${REGION.ireland}.amazonaws.com` } }

function github(accountId: string): object {
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

const linked = {
  autoScaling: serviceLinked('autoscaling.amazonaws.com', 'AWSServiceRoleForAutoScaling'),
  rds: serviceLinked('rds.amazonaws.com', 'AWSServiceRoleForRDS'),
  multiRegion: serviceLinked(
    'mrk.kms.amazonaws.com',
    'AWSServiceRoleForKeyManagementServiceMultiRegionKeys',
  ),
  organizations: serviceLinked('organizations.amazonaws.com', 'AWSServiceRoleForOrganizations'),
}

export function listRoles(accountId: string, arn: ArnOf): RoleSketch[] {
  switch (accountId) {
    case ACCOUNT.prod:
      return prodRoles(arn)
    case ACCOUNT.data:
      return dataRoles(arn)
    case ACCOUNT.shared:
      return sharedRoles(arn)
    case ACCOUNT.dev:
      return devRoles()
    case ACCOUNT.security:
      return securityRoles(arn)
    default:
      return [
        linked.organizations,
        {
          name: 'billing-export',
          trust: lambda,
          inline: { export: document(may(USE, arn('billing-export'))) },
        },
      ]
  }
}

const { prod } = ACCOUNT
const boundary = `arn:aws:iam::${prod}:policy/workload-boundary`

function prodRoles(arn: ArnOf): RoleSketch[] {
  return [
    linked.autoScaling,
    linked.rds,
    linked.multiRegion,
    {
      name: 'KeyAdministrator',
      trust: trust.arn(ssoArn(prod, 'AdministratorAccess')),
      attached: [`arn:aws:iam::${prod}:policy/KeyAdministration`],
    },
    ...paymentRoles(arn),
    ...bookingRoles(arn),
    ...signingRoles(arn),
    ...operationsRoles(arn),
  ]
}

function paymentRoles(arn: ArnOf): RoleSketch[] {
  return [
    {
      name: 'payments-api',
      trust: ecs,
      boundary,
      tags: { team: 'payments' },
      inline: {
        keys: document(
          may(USE, [arn('payments-ledger'), arn('payments-card-vault')]),
          may(
            ['kms:GenerateMac', 'kms:VerifyMac'],
            [arn('payments-card-index'), arn('payments-legacy-mac')],
          ),
        ),
      },
    },
    {
      name: 'payments-settlement',
      trust: ecs,
      tags: { team: 'payments' },
      inline: {
        keys: document(
          may(USE, [arn('payments-ledger'), arn('payments-escrow')]),
          may(['kms:Sign', 'kms:GetPublicKey'], arn('payments-bank-signing')),
        ),
      },
    },
  ]
}

/** What customers book, and where their freight is. */
function bookingRoles(arn: ArnOf): RoleSketch[] {
  return [
    {
      name: 'booking-api',
      trust: ecs,
      boundary,
      inline: {
        keys: document(
          may(USE, [arn('booking-db'), arn('tables')]),
          may('kms:Decrypt', arn('booking-documents'), viaS3),
        ),
      },
    },
    {
      name: 'tracking-ingest',
      trust: ec2,
      inline: { keys: document(may(USE, [arn('tracking-events'), arn('customer-profile')])) },
    },
    {
      name: 'tracking-api',
      trust: ecs,
      boundary,
      inline: { keys: document(may(['kms:Decrypt', 'kms:DescribeKey'], arn('tracking-events'))) },
    },
    {
      name: 'customer-api',
      trust: ecs,
      boundary,
      inline: {
        keys: document(may(USE, [arn('customer-profile'), arn('customer-profile-frankfurt')])),
      },
    },
  ]
}

/** What signs, and what speaks with partners. */
function signingRoles(arn: ArnOf): RoleSketch[] {
  return [
    {
      name: 'invoice-renderer',
      trust: lambda,
      inline: { keys: document(may(['kms:Sign', 'kms:Verify'], arn('invoice-signing'))) },
    },
    {
      name: 'session-signer',
      trust: ecs,
      inline: {
        keys: document(
          may(
            ['kms:Sign', 'kms:Verify', 'kms:GetPublicKey'],
            [arn('session-jwt'), arn('device-attest')],
          ),
        ),
      },
    },
    {
      name: 'partner-gateway',
      trust: ecs,
      inline: {
        keys: document(
          may(['kms:DeriveSharedSecret', 'kms:GetPublicKey'], arn('partner-ecdh')),
          may(['kms:Encapsulate', 'kms:Decapsulate'], arn('partner-mlkem')),
        ),
      },
    },
  ]
}

function operationsRoles(arn: ArnOf): RoleSketch[] {
  return [
    {
      name: 'github-deploy',
      trust: github(prod),
      boundary,
      inline: { deploy: document(may(['kms:*'])) },
      description: 'CI: deploys everything',
    },
    {
      name: 'support-tools',
      trust: trust.arn(ssoArn(prod, 'SupportOnCall')),
      attached: [`arn:aws:iam::${prod}:policy/DecryptEverything`],
    },
    {
      name: 'legacy-report-job',
      trust: ec2,
      unused: true,
      inline: { old: document(may(['kms:Decrypt', 'kms:ReEncryptFrom'])) },
    },
    {
      name: 'ops-breakglass',
      trust: trust.arn(`arn:aws:iam::${ACCOUNT.security}:role/incident-response`),
      attached: ['arn:aws:iam::aws:policy/AdministratorAccess'],
    },
    {
      name: 'rds-export',
      trust: trust.service('export.rds.amazonaws.com'),
      inline: { keys: document(may([...USE, 'kms:CreateGrant'], arn('booking-db'))) },
    },
    {
      name: 'volume-tools',
      trust: ec2,
      inline: { keys: document(may(['kms:CreateGrant', 'kms:ListGrants', 'kms:RevokeGrant'])) },
    },
  ]
}

function dataRoles(arn: ArnOf): RoleSketch[] {
  return [linked.rds, linked.multiRegion, ...lakeRoles(arn), ...streamRoles(arn)]
}

function lakeRoles(arn: ArnOf): RoleSketch[] {
  return [
    {
      name: 'etl-runner',
      trust: glue,
      tags: { team: 'data' },
      inline: {
        keys: document(
          may(USE, [
            arn('lake-raw'),
            arn('lake-curated'),
            arn('tracking-events'),
            arn('sovereign-tariffs'),
          ]),
        ),
      },
    },
    {
      name: 'lake-reader',
      trust: trust.arn(ssoArn(ACCOUNT.data, 'DataAnalyst')),
      inline: { keys: document(may('kms:Decrypt', arn('lake-curated'), viaS3)) },
    },
    {
      name: 'warehouse-loader',
      trust: trust.service('redshift.amazonaws.com'),
      inline: { keys: document(may(USE, [arn('warehouse'), arn('lake-curated')])) },
    },
    {
      name: 'ml-training',
      trust: trust.service('sagemaker.amazonaws.com'),
      inline: {
        keys: document(
          may(USE, [arn('ml-features')]),
          may('kms:Decrypt', `arn:aws:kms:*:${ACCOUNT.data}:key/*`),
        ),
      },
    },
  ]
}

function streamRoles(arn: ArnOf): RoleSketch[] {
  return [
    {
      name: 'snapshot-copier',
      trust: lambda,
      inline: {
        keys: document(
          may(
            ['kms:Decrypt', 'kms:ReEncryptFrom', 'kms:CreateGrant', 'kms:DescribeKey'],
            arn('booking-db'),
          ),
          may([...USE, 'kms:ReEncryptTo'], arn('warehouse')),
        ),
      },
    },
    {
      name: 'stream-processor',
      trust: lambda,
      inline: { keys: document(may(USE, [arn('lake-raw'), arn('stream-buffer')])) },
    },
    {
      name: 'pseudonymizer',
      trust: lambda,
      inline: { keys: document(may(['kms:GenerateMac', 'kms:VerifyMac'], arn('pseudonyms'))) },
    },
  ]
}

function sharedRoles(arn: ArnOf): RoleSketch[] {
  return [
    linked.autoScaling,
    {
      name: 'edi-exchange',
      trust: ecs,
      inline: {
        keys: document(
          may(USE, [arn('edi-manifests'), arn('edi-legacy')]),
          may(['kms:Encrypt', 'kms:Decrypt', 'kms:GetPublicKey'], arn('edi-rsa')),
        ),
      },
    },
    {
      name: 'artifact-signer',
      trust: github(ACCOUNT.shared),
      inline: {
        keys: document(
          may(['kms:Sign', 'kms:GetPublicKey'], [arn('artifact-signing'), arn('firmware-mldsa')]),
        ),
      },
    },
    {
      name: 'dns-operator',
      trust: lambda,
      inline: {
        keys: document(
          may(
            ['kms:Sign', 'kms:GetPublicKey', 'kms:DescribeKey', 'kms:CreateGrant'],
            arn('dnssec'),
          ),
        ),
      },
    },
    {
      name: 'backup-vault',
      trust: trust.service('backup.amazonaws.com'),
      inline: {
        keys: document(may([...USE, 'kms:CreateGrant', 'kms:ReEncrypt*'], arn('backup-vault'))),
      },
    },
    {
      name: 'image-builder',
      trust: ec2,
      inline: {
        keys: document(may([...USE, 'kms:CreateGrant', 'kms:ReEncrypt*'], arn('golden-images'))),
      },
    },
    {
      name: 'log-shipper',
      trust: lambda,
      inline: { keys: document(may('kms:GenerateDataKey', [arn('log-archive'), arn('topics')])) },
    },
  ]
}

function devRoles(): RoleSketch[] {
  const boundary = `arn:aws:iam::${ACCOUNT.dev}:policy/dev-boundary`
  return [
    { name: 'playground', trust: ec2, boundary, inline: { all: document(may('kms:*')) } },
    {
      name: 'integration-tests',
      trust: github(ACCOUNT.dev),
      inline: {
        keys: document(
          may([
            ...USE,
            'kms:CreateKey',
            'kms:ScheduleKeyDeletion',
            'kms:CreateAlias',
            'kms:DeleteAlias',
          ]),
        ),
      },
    },
    {
      name: 'chain-notary',
      trust: lambda,
      inline: {
        keys: document(may(['kms:Sign', 'kms:GetPublicKey'], `arn:aws:kms:*:${ACCOUNT.dev}:key/*`)),
      },
    },
  ]
}

function securityRoles(arn: ArnOf): RoleSketch[] {
  const lookOnly = mayNot(['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy'])
  return [
    {
      name: 'incident-response',
      trust: trust.arn(ssoArn(ACCOUNT.security, 'AdministratorAccess')),
      inline: { respond: document(may('kms:*'), lookOnly, may('sts:AssumeRole')) },
    },
    {
      name: 'log-archive-reader',
      trust: trust.service('athena.amazonaws.com'),
      inline: { keys: document(may(['kms:Decrypt', 'kms:DescribeKey'], arn('log-archive'))) },
    },
    {
      name: 'inventory-scanner',
      trust: lambda,
      description: 'Nightly posture scan',
      inline: {
        scan: document(
          may(['kms:List*', 'kms:Describe*', 'kms:GetKeyPolicy', 'kms:GetKeyRotationStatus']),
        ),
      },
    },
    {
      name: 'nitro-vault',
      trust: ec2,
      inline: { keys: document(may(['kms:Decrypt'], arn('enclave-vault'))) },
    },
  ]
}
