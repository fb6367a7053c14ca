import { trust } from '../make'
import { ACCOUNT } from './company'
import { document, may, ssoArn } from './people'
import {
  ec2,
  ecs,
  lambda,
  USE,
  viaS3,
  github,
  type ArnOf,
  type RoleSketch,
  linked,
} from './role-parts'

const { prod } = ACCOUNT
const boundary = `arn:aws:iam::${prod}:policy/workload-boundary`

export function prodRoles(arn: ArnOf): RoleSketch[] {
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
