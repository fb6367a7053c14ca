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

const { prod, security } = ACCOUNT
const role = (name: string) => roleArn(prod, name)
const administrator = ssoArn(prod, 'KeyAdministrator')
const here = { accountId: prod, region: REGION.ireland }
const tags = (dataClass: string, team: string) => ({
  owner: PERSON.ingrid,
  'data-class': dataClass,
  team,
  'cost-center': 'CC-2055',
})
const profilePolicy = consoleDefault(
  prod,
  [administrator],
  [role('customer-api'), role('tracking-ingest')],
)

/** Families over Regions, some of whose members went their own way. */
export const FAMILY_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'customer-profile',
    createdDaysAgo: 640,
    aliases: ['customers/profile'],
    multiRegion: 'primary',
    rotation: { enabledDaysAgo: 640 },
    description: 'Customer profiles, encrypted on the client, read in every Region',
    tags: { ...tags('confidential', 'customers'), 'multi-region-reason': 'RFC-212' },
    policy: profilePolicy,
    rotatedDaysAgo: [118],
    traffic: [
      {
        by: role('customer-api'),
        operation: 'Decrypt',
        perDay: 8,
        volume: 2500,
        shape: 'office',
        context: { entity: 'customer' },
      },
      {
        by: role('customer-api'),
        operation: 'GenerateDataKey',
        perDay: 4,
        volume: 900,
        shape: 'office',
        context: { entity: 'customer' },
        parameters: { KeySpec: 'AES_256' },
      },
    ],
  },
  {
    accountId: prod,
    region: REGION.frankfurt,
    handle: 'customer-profile-frankfurt',
    multiRegion: 'customer-profile',
    createdDaysAgo: 590,
    aliases: ['customers/profile'],
    rotation: { enabledDaysAgo: 640 },
    rotatedDaysAgo: [118],
    description: 'Customer profiles (replica)',
    // Replicated without a policy: AWS gave it the default one, and the whole account may use it.
    tags: { team: 'customers' },
    policy: defaultPolicy(prod),
    traffic: [
      {
        by: role('customer-api'),
        operation: 'Decrypt',
        perDay: 3,
        volume: 1200,
        shape: 'office',
        context: { entity: 'customer' },
      },
    ],
  },
  {
    accountId: prod,
    region: REGION.virginia,
    handle: 'customer-profile-virginia',
    multiRegion: 'customer-profile',
    createdDaysAgo: 588,
    state: 'Disabled',
    rotation: { enabledDaysAgo: 640 },
    rotatedDaysAgo: [118],
    tags: tags('confidential', 'customers'),
    policy: profilePolicy,
    lastUsed: { operation: 'Decrypt', daysAgo: 95 },
    past: [
      {
        daysAgo: 60,
        by: ssoArn(prod, 'AdministratorAccess'),
        session: PERSON.tomasz,
        operation: 'DisableKey',
      },
    ],
  },
  {
    accountId: prod,
    region: REGION.frankfurt,
    handle: 'pos-terminals',
    createdDaysAgo: 205,
    aliases: ['terminals/master'],
    multiRegion: 'primary',
    origin: 'EXTERNAL',
    description: 'Handheld terminals of drivers',
    tags: tags('confidential', 'terminals'),
    policy: consoleDefault(prod, [administrator], [role('partner-gateway')]),
    imported: [{ daysAgo: 204, description: 'terminal master 1' }],
    traffic: [
      {
        by: role('partner-gateway'),
        operation: 'Decrypt',
        perDay: 5,
        shape: 'office',
        context: { device: 'handheld' },
      },
    ],
  },
  {
    ...here,
    handle: 'pos-terminals-ireland',
    multiRegion: 'pos-terminals',
    createdDaysAgo: 26,
    origin: 'EXTERNAL',
    state: 'PendingImport',
    description: 'Replica waiting for its material',
    imported: [{ daysAgo: 204, description: 'terminal master 1', deleted: true }],
    policy: consoleDefault(prod, [administrator], [role('partner-gateway')]),
    tags: tags('confidential', 'terminals'),
  },
  {
    ...here,
    handle: 'fraud-features',
    createdDaysAgo: 480,
    aliases: ['fraud/features'],
    multiRegion: 'primary',
    state: 'PendingReplicaDeletion',
    deletion: { scheduledDaysAgo: 9, windowDays: 30 },
    description: 'Fraud model, moved to the vendor',
    policy: defaultPolicy(prod),
    rotation: { enabledDaysAgo: 480 },
    lastUsed: { operation: 'Decrypt', daysAgo: 121 },
    past: [
      {
        daysAgo: 9,
        by: ssoArn(prod, 'AdministratorAccess'),
        session: PERSON.ingrid,
        operation: 'ScheduleKeyDeletion',
        parameters: { PendingWindowInDays: 30 },
      },
    ],
  },
  {
    accountId: prod,
    region: REGION.virginia,
    handle: 'fraud-features-virginia',
    multiRegion: 'fraud-features',
    createdDaysAgo: 470,
    rotation: { enabledDaysAgo: 480 },
    deletion: { scheduledDaysAgo: 9, windowDays: 14 },
    policy: defaultPolicy(prod),
    lastUsed: { operation: 'Decrypt', daysAgo: 160 },
    past: [
      {
        daysAgo: 9,
        by: ssoArn(prod, 'AdministratorAccess'),
        session: PERSON.ingrid,
        operation: 'ScheduleKeyDeletion',
        parameters: { PendingWindowInDays: 14 },
      },
    ],
  },
  {
    ...here,
    handle: 'webhook-mac',
    createdDaysAgo: 330,
    aliases: ['webhooks/mac'],
    spec: 'HMAC_384',
    usage: 'GENERATE_VERIFY_MAC',
    multiRegion: 'primary',
    description: 'Signs webhooks to customers',
    tags: tags('internal', 'customers'),
    policy: keyPolicy(
      delegate(prod),
      administer(administrator),
      allow('Webhooks', role('customer-api'), ['kms:GenerateMac', 'kms:VerifyMac']),
    ),
    traffic: [
      {
        by: role('customer-api'),
        operation: 'GenerateMac',
        perDay: 3,
        volume: 900,
        shape: 'steady',
        parameters: { MacAlgorithm: 'HMAC_SHA_384' },
      },
    ],
  },
]

const vault = roleArn(security, 'nitro-vault')
const ENCLAVE_IMAGE = {
  'kms:RecipientAttestation:PCR0':
    '7fb5c55bc2ecbb68ed99a13d7122abfc0666b926a79d5379bc58b9445c84217f59cfdd36c08b2c79552928702efe23e4',
  'kms:RecipientAttestation:PCR8':
    '0d3b7c5c1be2a90f8c4e2d16a59b73f07712ce04a8e9d5b13f6c2087ab41de95c3af60127bd84e59f1a06d2c83b7e415',
}
const LOOK = [
  'kms:DescribeKey',
  'kms:GetKeyPolicy',
  'kms:List*',
  'kms:GetKeyRotationStatus',
  'kms:GetKeyLastUsage',
  'kms:GetPublicKey',
]

/** Tokens, devices, partners, and two keys that not everybody may look at. */
export const IDENTITY_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'session-jwt',
    createdDaysAgo: 410,
    aliases: ['identity/session-jwt', 'identity/current'],
    spec: 'ECC_NIST_P256',
    usage: 'SIGN_VERIFY',
    description: 'Session tokens of the portal',
    tags: tags('internal', 'identity'),
    policy: consoleDefault(prod, [administrator], [role('session-signer')], SIGN),
    traffic: [
      {
        by: role('session-signer'),
        operation: 'Sign',
        perDay: 10,
        volume: 30_000,
        shape: 'office',
        parameters: { SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'DIGEST' },
      },
    ],
  },
  {
    ...here,
    handle: 'device-attest',
    createdDaysAgo: 190,
    aliases: ['identity/device-attest'],
    spec: 'ECC_NIST_EDWARDS25519',
    usage: 'SIGN_VERIFY',
    description: 'Attests handheld devices',
    tags: tags('internal', 'identity'),
    policy: consoleDefault(prod, [administrator], [role('session-signer')], SIGN),
    traffic: [
      {
        by: role('session-signer'),
        operation: 'Verify',
        perDay: 3,
        shape: 'office',
        parameters: { SigningAlgorithm: 'ED25519_SHA_512', MessageType: 'RAW' },
      },
    ],
  },
  {
    ...here,
    handle: 'partner-ecdh',
    createdDaysAgo: 260,
    aliases: ['partners/ecdh'],
    spec: 'ECC_NIST_P384',
    usage: 'KEY_AGREEMENT',
    description: 'Key agreement with port authorities',
    tags: tags('confidential', 'partners'),
    policy: keyPolicy(
      delegate(prod),
      administer(administrator),
      allow('Gateway', role('partner-gateway'), ['kms:DeriveSharedSecret', 'kms:GetPublicKey']),
    ),
    grants: [
      {
        daysAgo: 120,
        grantee: role('partner-gateway'),
        operations: ['DeriveSharedSecret', 'GetPublicKey'],
        name: 'port-of-rotterdam',
        retiring: administrator,
        by: administrator,
      },
    ],
    traffic: [
      {
        by: role('partner-gateway'),
        operation: 'DeriveSharedSecret',
        perDay: 3,
        shape: 'office',
        parameters: { KeyAgreementAlgorithm: 'ECDH' },
      },
    ],
  },
  {
    ...here,
    handle: 'partner-mlkem',
    createdDaysAgo: 20,
    aliases: ['partners/mlkem'],
    spec: 'ML_KEM_768',
    usage: 'ENCAPSULATE_DECAPSULATE',
    description: 'Post-quantum pilot with the port of Hamburg',
    tags: tags('confidential', 'partners'),
    policy: keyPolicy(
      delegate(prod),
      administer(administrator),
      allow('Gateway', role('partner-gateway'), [
        'kms:Encapsulate',
        'kms:Decapsulate',
        'kms:GetPublicKey',
      ]),
    ),
    traffic: [
      {
        by: role('partner-gateway'),
        operation: 'Decapsulate',
        perDay: 2,
        shape: 'office',
        fromDaysAgo: 18,
      },
    ],
  },
  {
    ...here,
    handle: 'hidden-vault',
    createdDaysAgo: 830,
    aliases: ['board/minutes'],
    description: 'Board minutes',
    // No statement for the account: IAM has no say here, and one role alone
    // could still change the policy.
    policy: keyPolicy(allow('Board office only', ssoArn(prod, 'AdministratorAccess'), 'kms:*')),
    lastUsed: { operation: 'Decrypt', daysAgo: 14 },
  },
  {
    ...here,
    handle: 'enclave-vault',
    createdDaysAgo: 280,
    aliases: ['enclave/vault'],
    description: 'Nitro enclave of the tokenization service',
    tags: { ...tags('restricted', 'security'), 'enclave-key': 'true' },
    policy: keyPolicy(
      delegate(prod),
      administer(administrator),
      allow('Enclave', vault, ['kms:Decrypt', 'kms:DeriveSharedSecret'], {
        StringEqualsIgnoreCase: ENCLAVE_IMAGE,
      }),
      allow('Loader without attestation', role('payments-api'), 'kms:Decrypt'),
    ),
    traffic: [
      { by: roleArn(security, 'nitro-vault'), operation: 'Decrypt', perDay: 2, shape: 'steady' },
    ],
  },
  {
    ...here,
    handle: 'lake-hr',
    createdDaysAgo: 560,
    aliases: ['people/payroll'],
    description: 'Payroll',
    tags: { owner: 'people@haldenfreight.example', 'data-class': 'restricted' },
    policy: keyPolicy(
      delegate(prod),
      allow('Payroll', ssoArn(prod, 'AdministratorAccess'), USE),
      deny('No tools look at payroll', { AWS: '*' }, LOOK, {
        ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/Claviger*' },
      }),
    ),
    lastUsed: { operation: 'GenerateDataKey', daysAgo: 21 },
  },
]
