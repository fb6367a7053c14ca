import type { KeyPlan } from '../plan'
import { ACCOUNT, OUTSIDE, REGION, roleArn, rootArn } from './company'
import { PERSON, ssoArn } from './people'
import {
  administer,
  allow,
  allowService,
  consoleDefault,
  defaultPolicy,
  delegate,
  keyPolicy,
  SIGN,
  USE,
} from './policies'
import { autoScalingGrant } from './services'

const { shared, prod, data, dev } = ACCOUNT
const role = (name: string) => roleArn(shared, name)
const administrator = ssoArn(shared, 'KeyAdministrator')
const here = { accountId: shared, region: REGION.ireland }
const tags = (dataClass: string) => ({
  owner: 'claviger-key-administrators',
  'data-class': dataClass,
  team: 'platform',
  'cost-center': 'CC-2000',
})
const readImages = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:CreateGrant',
  'kms:ReEncrypt*',
  'kms:GenerateDataKeyWithoutPlaintext',
]

/** What the other accounts share: exchange with partners, images, signatures, logs. */
export const SHARED_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'edi-manifests',
    createdDaysAgo: 1420,
    aliases: ['edi/manifests'],
    description: 'Manifests for carriers',
    tags: tags('confidential'),
    rotation: { enabledDaysAgo: 1420 },
    policy: keyPolicy(
      delegate(shared),
      administer(administrator),
      allow('Use', role('edi-exchange'), USE),
      // By contract the carrier reads; that it may also grant was an easy copy and paste.
      allow('Carrier', rootArn(OUTSIDE.carrier), [
        'kms:Decrypt',
        'kms:DescribeKey',
        'kms:CreateGrant',
      ]),
    ),
    grants: [
      {
        daysAgo: 260,
        grantee: roleArn(OUTSIDE.carrier, 'manifest-reader'),
        operations: ['Decrypt', 'DescribeKey'],
        subset: { partner: 'carrier-881' },
        name: 'carrier-881',
        by: administrator,
      },
    ],
    traffic: [
      {
        by: role('edi-exchange'),
        operation: 'GenerateDataKey',
        perDay: 4,
        volume: 60,
        shape: 'office',
        context: { partner: 'carrier-881' },
        parameters: { KeySpec: 'AES_256' },
      },
      {
        by: roleArn(OUTSIDE.carrier, 'manifest-reader'),
        operation: 'Decrypt',
        perDay: 4,
        volume: 60,
        shape: 'office',
        context: { partner: 'carrier-881' },
      },
    ],
    past: [
      {
        daysAgo: 40,
        by: administrator,
        session: PERSON.ingrid,
        operation: 'PutKeyPolicy',
        parameters: { PolicyName: 'default' },
      },
    ],
  },
  {
    ...here,
    handle: 'edi-legacy',
    createdDaysAgo: 2000,
    aliases: ['edi/legacy'],
    description: 'Old drop box, partners unknown',
    tags: { team: 'platform' },
    // "Only through S3" bounds the path, not the caller: anyone's S3 request will do.
    policy: keyPolicy(
      delegate(shared),
      {
        Sid: 'Partners',
        Effect: 'Allow',
        Principal: '*',
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Resource: '*',
        Condition: { StringEquals: { 'kms:ViaService': `s3.${REGION.ireland}.amazonaws.com` } },
      },
      allow('Scanner', rootArn(OUTSIDE.formerVendor), ['kms:*']),
    ),
    grants: [
      {
        daysAgo: 1400,
        grantee: rootArn(OUTSIDE.formerVendor),
        operations: ['Decrypt', 'Encrypt', 'GenerateDataKey', 'CreateGrant', 'DescribeKey'],
        name: 'vendor-scan',
      },
    ],
    traffic: [
      {
        by: role('edi-exchange'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'office',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-edi-legacy' },
      },
      {
        by: roleArn(OUTSIDE.unknown, 'sync'),
        operation: 'Decrypt',
        perDay: 1.5,
        shape: 'steady',
        via: 's3',
        fromDaysAgo: 11,
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-edi-legacy' },
      },
    ],
    past: [
      // The day before a caller nobody knows turns up.
      {
        daysAgo: 12,
        by: administrator,
        session: PERSON.tomasz,
        operation: 'PutKeyPolicy',
        parameters: { PolicyName: 'default' },
      },
    ],
  },
  {
    ...here,
    handle: 'edi-rsa',
    createdDaysAgo: 1390,
    aliases: ['edi/rsa'],
    spec: 'RSA_2048',
    description: 'AS2 encryption',
    tags: tags('confidential'),
    policy: consoleDefault(
      shared,
      [administrator],
      [role('edi-exchange')],
      ['kms:Encrypt', 'kms:Decrypt', 'kms:GetPublicKey', 'kms:DescribeKey'],
    ),
    traffic: [
      {
        by: role('edi-exchange'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'office',
        parameters: { EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' },
      },
    ],
  },
  {
    ...here,
    handle: 'artifact-signing',
    createdDaysAgo: 600,
    aliases: ['build/artifact-signing'],
    spec: 'ECC_NIST_P521',
    usage: 'SIGN_VERIFY',
    description: 'Signs container images',
    tags: tags('internal'),
    policy: consoleDefault(shared, [administrator], [role('artifact-signer')], SIGN),
    traffic: [
      {
        by: role('artifact-signer'),
        session: 'GitHubActions',
        operation: 'Sign',
        perDay: 3,
        shape: 'office',
        parameters: { SigningAlgorithm: 'ECDSA_SHA_512', MessageType: 'DIGEST' },
      },
    ],
  },
  {
    ...here,
    handle: 'firmware-mldsa',
    createdDaysAgo: 140,
    aliases: ['build/firmware'],
    spec: 'ML_DSA_65',
    usage: 'SIGN_VERIFY',
    description: 'Firmware of container sensors',
    tags: tags('internal'),
    policy: consoleDefault(shared, [administrator], [role('artifact-signer')], SIGN),
    traffic: [
      {
        by: role('artifact-signer'),
        session: 'GitHubActions',
        operation: 'Sign',
        perDay: 0.6,
        shape: 'office',
        parameters: { SigningAlgorithm: 'ML_DSA_SHAKE_256', MessageType: 'RAW' },
      },
    ],
  },
  {
    ...here,
    handle: 'firmware-root',
    createdDaysAgo: 139,
    aliases: ['build/firmware-root'],
    spec: 'ML_DSA_87',
    usage: 'SIGN_VERIFY',
    description: 'Root of the firmware chain, offline by habit',
    tags: tags('restricted'),
    policy: keyPolicy(delegate(shared), administer(administrator)),
    lastUsed: { operation: 'Sign', daysAgo: 136 },
  },
  {
    accountId: shared,
    region: REGION.virginia,
    handle: 'dnssec',
    createdDaysAgo: 720,
    aliases: ['dns/dnssec'],
    spec: 'ECC_NIST_P256',
    usage: 'SIGN_VERIFY',
    description: 'DNSSEC key signing key',
    tags: tags('public'),
    policy: keyPolicy(
      delegate(shared),
      allowService('Route 53 DNSSEC', 'dnssec-route53.amazonaws.com', [
        'kms:DescribeKey',
        'kms:GetPublicKey',
        'kms:Sign',
      ]),
      allowService('Route 53 DNSSEC grants', 'dnssec-route53.amazonaws.com', 'kms:CreateGrant', {
        Bool: { 'kms:GrantIsForAWSResource': 'true' },
      }),
    ),
    traffic: [
      {
        by: role('dns-operator'),
        operation: 'Sign',
        perDay: 4,
        shape: 'steady',
        via: 'dnssec-route53',
        parameters: { SigningAlgorithm: 'ECDSA_SHA_256' },
      },
    ],
  },
  {
    ...here,
    handle: 'backup-vault',
    createdDaysAgo: 1000,
    aliases: ['backup/vault'],
    description: 'AWS Backup vault',
    tags: tags('confidential'),
    rotation: { enabledDaysAgo: 1000 },
    policy: keyPolicy(
      delegate(shared),
      administer(administrator),
      allow('Vault', [role('backup-vault'), rootArn(prod), rootArn(data)], USE, {
        StringEquals: { 'aws:PrincipalOrgID': 'o-h4ld3nfrt8' },
        StringLike: { 'kms:ViaService': 'backup.*.amazonaws.com' },
      }),
    ),
    traffic: [
      {
        by: role('backup-vault'),
        operation: 'GenerateDataKey',
        perDay: 3,
        volume: 40,
        shape: 'nightly',
        via: 'backup',
        parameters: { KeySpec: 'AES_256' },
      },
    ],
  },
  {
    ...here,
    handle: 'golden-images',
    createdDaysAgo: 1150,
    aliases: ['images/golden'],
    description: 'Encrypted AMIs for every account',
    tags: tags('internal'),
    rotation: { enabledDaysAgo: 1150 },
    policy: keyPolicy(
      delegate(shared),
      administer(administrator),
      allow('Builder', role('image-builder'), [...USE, 'kms:CreateGrant']),
      allow('Accounts that launch', [rootArn(prod), rootArn(dev)], readImages),
    ),
    grants: [
      autoScalingGrant(prod, prod, 500),
      autoScalingGrant(dev, dev, 92),
      {
        daysAgo: 980,
        grantee: roleArn(OUTSIDE.formerVendor, 'image-scanner'),
        operations: ['Decrypt', 'ReEncryptFrom', 'DescribeKey', 'CreateGrant'],
        by: administrator,
      },
    ],
    traffic: [
      {
        by: role('image-builder'),
        operation: 'GenerateDataKeyWithoutPlaintext',
        perDay: 2,
        shape: 'nightly',
        via: 'ec2',
        parameters: { KeySpec: 'AES_256' },
      },
    ],
  },
  {
    ...here,
    handle: 'topics',
    createdDaysAgo: 770,
    aliases: ['platform/topics'],
    description: 'Encrypted topics and queues',
    tags: tags('internal'),
    policy: keyPolicy(
      delegate(shared),
      allowService('Topics', 'sns.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*']),
      allowService('Buckets', 's3.amazonaws.com', ['kms:Decrypt', 'kms:GenerateDataKey*'], {
        StringEquals: { 'aws:SourceAccount': shared },
      }),
    ),
    traffic: [
      {
        by: role('log-shipper'),
        operation: 'GenerateDataKey',
        perDay: 5,
        volume: 70,
        shape: 'steady',
        via: 'sqs',
        parameters: { KeySpec: 'AES_256' },
      },
    ],
  },
  {
    ...here,
    handle: 'temp-migration',
    createdDaysAgo: 150,
    description: '',
    policy: defaultPolicy(shared),
  },
]
