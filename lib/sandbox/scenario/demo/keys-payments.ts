import type { KeyPlan } from '../plan'
import { ACCOUNT, REGION, roleArn } from './company'
import { PERSON, ssoArn } from './people'
import {
  administer,
  allow,
  consoleDefault,
  defaultPolicy,
  delegate,
  deny,
  keyPolicy,
  SIGN,
  USE,
} from './policies'
import { databaseGrant } from './services'

const { prod } = ACCOUNT
const role = (name: string) => roleArn(prod, name)
const administrator = ssoArn(prod, 'KeyAdministrator')
const tags = (dataClass: string) => ({
  owner: 'amara.okafor@haldenfreight.example',
  'data-class': dataClass,
  team: 'payments',
  'cost-center': 'CC-4110',
})
const here = { accountId: prod, region: REGION.ireland }

/** Cards and money: the best kept keys of the company, and what it inherited with them. */
export const PAYMENT_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'payments-ledger',
    createdDaysAgo: 1460,
    aliases: ['payments/ledger'],
    tags: tags('restricted'),
    description: 'Card and ledger data of the payments service',
    policy: consoleDefault(
      prod,
      [role('KeyAdministrator'), administrator],
      [role('payments-api'), role('payments-settlement')],
    ),
    rotation: { enabledDaysAgo: 1460 },
    grants: [
      databaseGrant(REGION.ireland, 'db-PAYLEDGER7XQ2', 820),
      databaseGrant(REGION.ireland, 'db-PAYLEDGER7XQ2RR', 61),
    ],
    traffic: [
      {
        by: role('payments-api'),
        operation: 'Decrypt',
        perDay: 16,
        volume: 9000,
        shape: 'office',
        context: { service: 'payments', table: 'ledger' },
      },
      {
        by: role('payments-api'),
        operation: 'GenerateDataKey',
        perDay: 4,
        volume: 4000,
        shape: 'office',
        context: { service: 'payments', table: 'ledger' },
        parameters: { KeySpec: 'AES_256' },
      },
      {
        by: role('payments-settlement'),
        operation: 'Decrypt',
        perDay: 6,
        volume: 2000,
        shape: 'nightly',
        context: { service: 'payments', table: 'settlement' },
      },
    ],
    past: [
      {
        daysAgo: 61,
        by: administrator,
        session: PERSON.ingrid,
        operation: 'PutKeyPolicy',
        parameters: { PolicyName: 'default', BypassPolicyLockoutSafetyCheck: false },
      },
    ],
  },
  {
    ...here,
    handle: 'payments-card-vault',
    createdDaysAgo: 760,
    aliases: ['payments/card-vault', 'payments/pan'],
    tags: tags('restricted'),
    origin: 'EXTERNAL',
    description:
      'Primary account numbers. Material from the HSM in Oslo, renewed by ceremony every year',
    imported: [
      { daysAgo: 755, description: 'ceremony 2024-10', expiresInDays: 41 },
      { daysAgo: 390, description: 'ceremony 2025-10', expiresInDays: 12 },
      { daysAgo: 19, description: 'ceremony 2026-11', expiresInDays: 345, pending: true },
    ],
    policy: keyPolicy(
      delegate(prod),
      administer(administrator),
      allow('Card vault', role('payments-api'), USE, {
        StringEquals: { 'kms:EncryptionContext:service': 'card-vault' },
      }),
      deny('Only through the vault', '*', ['kms:Decrypt'], {
        StringNotEqualsIfExists: { 'aws:PrincipalArn': role('payments-api') },
        Null: { 'kms:EncryptionContext:service': 'true' },
      }),
    ),
    traffic: [
      {
        by: role('payments-api'),
        operation: 'Decrypt',
        perDay: 8,
        volume: 3000,
        shape: 'office',
        context: { service: 'card-vault' },
      },
    ],
    past: [
      {
        daysAgo: 19,
        by: administrator,
        session: PERSON.ingrid,
        operation: 'ImportKeyMaterial',
        parameters: { ExpirationModel: 'KEY_MATERIAL_EXPIRES', ImportType: 'NEW_KEY_MATERIAL' },
      },
    ],
  },
  {
    ...here,
    handle: 'payments-card-index',
    createdDaysAgo: 760,
    aliases: ['payments/card-index'],
    spec: 'HMAC_256',
    usage: 'GENERATE_VERIFY_MAC',
    tags: tags('restricted'),
    description: 'Blind index over card numbers',
    policy: keyPolicy(
      delegate(prod),
      administer(administrator),
      allow('Index', role('payments-api'), ['kms:GenerateMac', 'kms:VerifyMac']),
    ),
    traffic: [
      {
        by: role('payments-api'),
        operation: 'GenerateMac',
        perDay: 5,
        volume: 5000,
        shape: 'office',
        parameters: { MacAlgorithm: 'HMAC_SHA_256' },
      },
    ],
  },
  {
    ...here,
    handle: 'payments-bank-signing',
    createdDaysAgo: 1180,
    aliases: ['payments/bank-signing'],
    spec: 'RSA_4096',
    usage: 'SIGN_VERIFY',
    tags: tags('restricted'),
    description:
      'Signs payment files for the bank (ISO 20022). Certificate expires with the contract',
    policy: consoleDefault(prod, [administrator], [role('payments-settlement')], SIGN),
    traffic: [
      {
        by: role('payments-settlement'),
        operation: 'Sign',
        perDay: 3,
        shape: 'nightly',
        parameters: { SigningAlgorithm: 'RSASSA_PSS_SHA_512', MessageType: 'DIGEST' },
      },
    ],
  },
  {
    ...here,
    handle: 'payments-escrow',
    createdDaysAgo: 420,
    aliases: ['payments/escrow'],
    origin: 'EXTERNAL',
    state: 'PendingImport',
    tags: tags('restricted'),
    description: 'Escrow copies; the material has expired and nobody renewed it',
    imported: [{ daysAgo: 372, description: 'ceremony 2025-11', expiresInDays: -7 }],
    policy: defaultPolicy(prod),
    traffic: [
      {
        by: role('payments-settlement'),
        operation: 'Encrypt',
        perDay: 2,
        shape: 'nightly',
        untilDaysAgo: 7,
      },
      {
        by: role('payments-settlement'),
        operation: 'Encrypt',
        perDay: 2,
        shape: 'nightly',
        fromDaysAgo: 7,
        error: { code: 'KMSInvalidStateException', message: 'is pending import.' },
      },
    ],
  },
  {
    ...here,
    handle: 'payments-3ds',
    createdDaysAgo: 510,
    aliases: ['payments/3ds'],
    spec: 'ECC_NIST_P384',
    usage: 'SIGN_VERIFY',
    tags: tags('confidential'),
    description: '3-D Secure messages',
    policy: consoleDefault(prod, [administrator], [role('payments-api')], SIGN),
    traffic: [
      {
        by: role('payments-api'),
        operation: 'Sign',
        perDay: 5,
        volume: 300,
        shape: 'office',
        parameters: { SigningAlgorithm: 'ECDSA_SHA_384', MessageType: 'DIGEST' },
      },
    ],
  },
  {
    ...here,
    handle: 'payments-legacy-mac',
    createdDaysAgo: 1300,
    aliases: ['payments/legacy-mac'],
    spec: 'HMAC_224',
    usage: 'GENERATE_VERIFY_MAC',
    state: 'Disabled',
    description: 'Terminal protocol v1, switched off in September',
    tags: { team: 'payments' },
    policy: defaultPolicy(prod),
    lastUsed: { operation: 'VerifyMac', daysAgo: 75 },
    traffic: [
      {
        by: role('payments-api'),
        operation: 'VerifyMac',
        perDay: 4,
        shape: 'steady',
        fromDaysAgo: 72,
        error: { code: 'DisabledException', message: 'is disabled.' },
      },
    ],
    past: [{ daysAgo: 72, by: administrator, session: PERSON.tomasz, operation: 'DisableKey' }],
  },
  {
    ...here,
    handle: 'invoice-signing',
    createdDaysAgo: 980,
    aliases: ['finance/invoice-signing'],
    spec: 'RSA_3072',
    usage: 'SIGN_VERIFY',
    description: 'Signature on electronic invoices',
    tags: {
      owner: `finance@haldenfreight.example`,
      'data-class': 'internal',
      team: 'finance',
      'cost-center': 'CC-1200',
    },
    policy: consoleDefault(prod, [administrator], [role('invoice-renderer')], SIGN),
    traffic: [
      {
        by: role('invoice-renderer'),
        operation: 'Sign',
        perDay: 3,
        shape: 'nightly',
        parameters: { SigningAlgorithm: 'RSASSA_PKCS1_V1_5_SHA_256', MessageType: 'RAW' },
      },
    ],
  },
  {
    ...here,
    handle: 'invoice-archive',
    createdDaysAgo: 2050,
    aliases: ['finance/invoice-archive', 'finance/archive-2021'],
    tags: { team: 'finance' },
    description: 'Archive of invoices before the new system',
    lastUsed: { operation: 'Decrypt', daysAgo: 133 },
    // Two people have left and their users were deleted: IAM shows the dead ids.
    policy: keyPolicy(
      delegate(prod),
      allow(
        'Archive readers',
        [
          'AIDA4HQX2VJTQ7NBYLRME',
          'AROA4HQX2VJTWPSKZC5DU',
          `arn:aws:iam::${prod}:user/marta.lindqvist`,
        ],
        ['kms:Decrypt', 'kms:DescribeKey'],
      ),
      {
        Sid: 'Group of auditors',
        Effect: 'Allow',
        Principal: { AWS: role('legacy-report-job') },
        Action: 'kms:Decrypt',
      },
    ),
    grants: [
      {
        daysAgo: 1500,
        grantee: 'AROA4HQX2VJTOLDREPORT',
        operations: ['Decrypt', 'GenerateDataKey', 'Encrypt'],
        name: 'yearly-report',
      },
    ],
  },
]
