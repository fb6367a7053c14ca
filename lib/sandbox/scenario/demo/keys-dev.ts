import type { KeyPlan } from '../plan'
import { ACCOUNT, OUTSIDE, REGION, roleArn, userArn } from './company'
import { PERSON, ssoArn } from './people'
import {
  allow,
  consoleDefault,
  defaultPolicy,
  delegate,
  keyPolicy,
  SIGN,
  type Statement,
  USE,
} from './policies'

const { dev } = ACCOUNT
const role = (name: string) => roleArn(dev, name)
const here = { accountId: dev, region: REGION.frankfurt }
const petra = { by: userArn(dev, 'petra.novak') }

/** CI makes one a release and removes none: 41 of the 50 that a key can have. */
const runAliases = Array.from({ length: 40 }, (_, i) => `ci/run-${4000 + i * 3}`)

const inert: Statement[] = [
  // No Resource, then no Action: accepted by KMS, and without any effect.
  {
    Sid: 'Missing resource',
    Effect: 'Allow',
    Principal: { AWS: role('playground') },
    Action: 'kms:Decrypt',
  },
  { Sid: 'Missing action', Effect: 'Allow', Principal: { AWS: role('playground') }, Resource: '*' },
  {
    Sid: 'Only an alias',
    Effect: 'Allow',
    Principal: { AWS: role('playground') },
    Action: USE,
    Resource: `arn:aws:kms:${REGION.frankfurt}:${dev}:alias/play/inert`,
  },
]

/**
 * Where people try things: every kind of key that production has no use for, and
 * the mistakes one makes first.
 */
export const DEV_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'chain-notary',
    createdDaysAgo: 310,
    aliases: ['play/chain-notary'],
    spec: 'ECC_SECG_P256K1',
    usage: 'SIGN_VERIFY',
    description: 'Blockchain pilot',
    tags: { owner: PERSON.petra, team: 'labs' },
    policy: defaultPolicy(dev),
    traffic: [
      {
        by: role('chain-notary'),
        operation: 'Sign',
        perDay: 1,
        shape: 'weekly',
        parameters: { SigningAlgorithm: 'ECDSA_SHA_256', MessageType: 'DIGEST' },
      },
    ],
  },
  {
    ...here,
    handle: 'open-by-exclusion',
    createdDaysAgo: 240,
    aliases: ['play/everyone-but'],
    description: 'Meant to lock one person out',
    policy: keyPolicy(delegate(dev), {
      Sid: 'Everyone but Jonas',
      Effect: 'Allow',
      NotPrincipal: { AWS: userArn(dev, 'jonas.berg') },
      Action: ['kms:Decrypt', 'kms:Encrypt'],
      Resource: '*',
    }),
    traffic: [{ ...petra, operation: 'Encrypt', perDay: 0.8, shape: 'office' }],
  },
  {
    ...here,
    handle: 'inert',
    createdDaysAgo: 230,
    aliases: ['play/inert'],
    description: '',
    policy: keyPolicy(delegate(dev), ...inert),
  },
  {
    ...here,
    handle: 'lockout',
    createdDaysAgo: 410,
    aliases: ['play/lockout'],
    description: 'Will belong to nobody when the permission set is renamed',
    policy: keyPolicy(
      allow('Only the developers', ssoArn(dev, 'Developer'), 'kms:*'),
      allow('Look', `arn:aws:iam::${dev}:role/ClavigerRead`, [
        'kms:Describe*',
        'kms:Get*',
        'kms:List*',
      ]),
    ),
    traffic: [
      {
        by: ssoArn(dev, 'Developer'),
        session: PERSON.petra,
        operation: 'Decrypt',
        perDay: 0.6,
        shape: 'office',
      },
    ],
  },
  {
    ...here,
    handle: 'wildcard-account',
    createdDaysAgo: 200,
    aliases: ['play/any-role'],
    description: 'Any role called deploy',
    policy: keyPolicy(delegate(dev), {
      Sid: 'Any account',
      Effect: 'Allow',
      Principal: { AWS: '*' },
      Action: 'kms:Decrypt',
      Resource: '*',
      Condition: { StringLike: { 'aws:PrincipalArn': '*' } },
    }),
  },
  {
    ...here,
    handle: 'never-imported',
    createdDaysAgo: 88,
    aliases: ['play/byok'],
    origin: 'EXTERNAL',
    state: 'PendingImport',
    description: 'BYOK experiment',
    policy: defaultPolicy(dev),
    past: [
      {
        daysAgo: 87,
        ...petra,
        operation: 'GetParametersForImport',
        parameters: { WrappingAlgorithm: 'RSAES_OAEP_SHA_256', WrappingKeySpec: 'RSA_4096' },
      },
    ],
  },
  {
    ...here,
    handle: 'imported-rsa',
    createdDaysAgo: 84,
    aliases: ['play/byok-rsa'],
    origin: 'EXTERNAL',
    spec: 'RSA_2048',
    usage: 'SIGN_VERIFY',
    description: 'BYOK experiment, second try',
    policy: defaultPolicy(dev),
    imported: [{ daysAgo: 83, expiresInDays: 200 }],
    lastUsed: { operation: 'Sign', daysAgo: 82 },
  },
  {
    ...here,
    handle: 'imported-hmac',
    createdDaysAgo: 80,
    origin: 'EXTERNAL',
    spec: 'HMAC_256',
    usage: 'GENERATE_VERIFY_MAC',
    description: '',
    policy: defaultPolicy(dev),
    imported: [{ daysAgo: 79 }],
  },
  {
    ...here,
    handle: 'rsa-3072-encryption',
    createdDaysAgo: 360,
    aliases: ['play/rsa-3072'],
    spec: 'RSA_3072',
    description: 'Partner test',
    policy: defaultPolicy(dev),
    lastUsed: { operation: 'Decrypt', daysAgo: 300 },
  },
  {
    ...here,
    handle: 'rsa-4096-encryption',
    createdDaysAgo: 358,
    aliases: ['play/rsa-4096'],
    spec: 'RSA_4096',
    description: 'Partner test',
    policy: defaultPolicy(dev),
    lastUsed: { operation: 'Encrypt', daysAgo: 101 },
  },
  {
    ...here,
    handle: 'agreement-p256',
    createdDaysAgo: 170,
    aliases: ['play/ecdh-p256'],
    spec: 'ECC_NIST_P256',
    usage: 'KEY_AGREEMENT',
    description: 'ECDH test',
    policy: defaultPolicy(dev),
  },
  {
    ...here,
    handle: 'agreement-p521',
    createdDaysAgo: 165,
    spec: 'ECC_NIST_P521',
    usage: 'KEY_AGREEMENT',
    description: '',
    policy: defaultPolicy(dev),
  },
  {
    ...here,
    handle: 'mlkem-512',
    createdDaysAgo: 17,
    aliases: ['play/mlkem-512'],
    spec: 'ML_KEM_512',
    usage: 'ENCAPSULATE_DECAPSULATE',
    description: 'Post-quantum test',
    policy: defaultPolicy(dev),
  },
  {
    ...here,
    handle: 'mlkem-1024',
    createdDaysAgo: 17,
    aliases: ['play/mlkem-1024'],
    spec: 'ML_KEM_1024',
    usage: 'ENCAPSULATE_DECAPSULATE',
    description: 'Post-quantum test',
    policy: defaultPolicy(dev),
  },
  {
    ...here,
    handle: 'mldsa-44',
    createdDaysAgo: 60,
    aliases: ['play/mldsa-44'],
    spec: 'ML_DSA_44',
    usage: 'SIGN_VERIFY',
    description: 'Post-quantum test',
    policy: consoleDefault(dev, [ssoArn(dev, 'AdministratorAccess')], [role('chain-notary')], SIGN),
  },
  {
    ...here,
    handle: 'integration-tests',
    createdDaysAgo: 600,
    aliases: ['ci/integration', ...runAliases],
    description: 'Fixtures of the test suite',
    tags: { team: 'platform', owner: 'claviger-key-administrators' },
    policy: defaultPolicy(dev),
    rotation: { enabledDaysAgo: 90, periodDays: 90 },
    grants: Array.from({ length: 6 }, (_, i) => ({
      daysAgo: 2 + i * 9,
      grantee: role('integration-tests'),
      operations: ['Encrypt', 'Decrypt'],
      name: `run-${4100 - i * 7}`,
      by: role('integration-tests'),
    })),
    traffic: [
      {
        by: role('integration-tests'),
        session: 'GitHubActions',
        operation: 'Encrypt',
        perDay: 4,
        shape: 'office',
        context: { suite: 'integration' },
      },
      {
        by: role('integration-tests'),
        session: 'GitHubActions',
        operation: 'Decrypt',
        perDay: 4,
        shape: 'office',
        context: { suite: 'integration' },
      },
    ],
  },
  {
    accountId: dev,
    region: REGION.ireland,
    handle: 'sample-data',
    createdDaysAgo: 450,
    aliases: ['play/sample-data'],
    description: 'Copied production data, "anonymous"',
    tags: { team: 'labs', 'data-class': 'internal' },
    policy: keyPolicy(delegate(dev), allow('Friend', `arn:aws:iam::${OUTSIDE.unknown}:root`, USE)),
    traffic: [
      {
        by: ssoArn(dev, 'Developer'),
        session: PERSON.petra,
        operation: 'Decrypt',
        perDay: 3,
        shape: 'office',
      },
    ],
  },
  {
    accountId: dev,
    region: REGION.virginia,
    handle: 'hackathon-2025',
    createdDaysAgo: 420,
    description: 'hackathon',
    policy: defaultPolicy(dev),
  },
  {
    accountId: dev,
    region: REGION.virginia,
    handle: 'hackathon-2026',
    createdDaysAgo: 55,
    description: 'hackathon',
    policy: defaultPolicy(dev),
    deletion: { scheduledDaysAgo: 5, windowDays: 7 },
    past: [
      {
        daysAgo: 5,
        ...petra,
        operation: 'ScheduleKeyDeletion',
        parameters: { PendingWindowInDays: 7 },
      },
    ],
  },
]
