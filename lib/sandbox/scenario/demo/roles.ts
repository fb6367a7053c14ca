import { trust } from '../make'
import { ACCOUNT } from './company'
import { document, may, mayNot, ssoArn } from './people'
import {
  ec2,
  ecs,
  lambda,
  glue,
  USE,
  viaS3,
  github,
  linked,
  type ArnOf,
  type RoleSketch,
} from './role-parts'
import { prodRoles } from './roles-prod'

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
