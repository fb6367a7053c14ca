import type { KeyPlan } from '../plan'
import { ACCOUNT, REGION, roleArn, rootArn, userArn } from './company'
import { PERSON, ssoArn } from './people'
import {
  administer,
  allow,
  allowService,
  consoleDefault,
  defaultPolicy,
  delegate,
  deny,
  keyPolicy,
  type Statement,
  USE,
} from './policies'
import { databaseGrant, serviceGrant } from './services'

const { data, prod, dev } = ACCOUNT
const role = (name: string) => roleArn(data, name)
const administrator = ssoArn(data, 'KeyAdministrator')
const here = { accountId: data, region: REGION.frankfurt }
const tags = (dataClass: string) => ({
  owner: 'halden-data-approvers',
  'data-class': dataClass,
  team: 'data',
  'cost-center': 'CC-3300',
})

/** One role a warehouse branch: someone generated this policy, and nobody has read it since. */
const branchRoles = Array.from({ length: 200 }, (_, i) => {
  const region = String(Math.floor(i / 10) + 1).padStart(2, '0')
  const branch = `${String(i + 1).padStart(4, '0')}-of-haldenfreight-logistics-nordic`
  return `arn:aws:iam::${data}:role/branches/region-${region}/warehouse-branch-reader-${branch}`
})

const rawPolicy = (...more: Statement[]) =>
  keyPolicy(
    delegate(data),
    administer(administrator),
    allow('Branches read', branchRoles, ['kms:Decrypt', 'kms:DescribeKey']),
    allow('Ingest', [role('etl-runner'), role('stream-processor')], USE),
    ...more,
  )

/** The lake, the warehouse and who drinks from them. */
export const DATA_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'lake-raw',
    createdDaysAgo: 1290,
    aliases: ['lake/raw'],
    description: 'Raw zone of the data lake',
    tags: tags('confidential'),
    rotation: { enabledDaysAgo: 1290 },
    policy: rawPolicy(),
    // Analysts read for some weeks, and are denied since their statement is gone.
    past: [
      {
        daysAgo: 52,
        by: administrator,
        session: PERSON.luis,
        operation: 'PutKeyPolicy',
        parameters: {
          Policy: JSON.stringify(
            rawPolicy(allow('Analysts', ssoArn(data, 'DataAnalyst'), 'kms:Decrypt')),
          ),
        },
      },
      {
        daysAgo: 3,
        by: ssoArn(data, 'AdministratorAccess'),
        session: PERSON.mei,
        operation: 'PutKeyPolicy',
      },
    ],
    traffic: [
      {
        by: role('etl-runner'),
        operation: 'GenerateDataKey',
        perDay: 7,
        volume: 600_000,
        shape: 'nightly',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-lake-raw' },
        parameters: { KeySpec: 'AES_256' },
      },
      {
        by: role('etl-runner'),
        operation: 'Decrypt',
        perDay: 9,
        volume: 7_900_000,
        shape: 'nightly',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-lake-raw' },
      },
      {
        by: ssoArn(data, 'DataAnalyst'),
        session: PERSON.luis,
        operation: 'Decrypt',
        perDay: 5,
        shape: 'office',
        fromDaysAgo: 50,
        untilDaysAgo: 5,
      },
      {
        by: ssoArn(data, 'DataAnalyst'),
        session: PERSON.luis,
        operation: 'Decrypt',
        perDay: 5,
        shape: 'office',
        fromDaysAgo: 3,
        error: { code: 'AccessDenied', message: '' },
      },
      {
        by: role('stream-processor'),
        operation: 'Decrypt',
        perDay: 3,
        volume: 20_000,
        shape: 'steady',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-lake-raw' },
      },
    ],
  },
  {
    ...here,
    handle: 'lake-curated',
    createdDaysAgo: 1240,
    aliases: ['lake/curated', 'analytics/curated'],
    description: 'Curated zone; analysts come by alias',
    tags: { ...tags('internal'), project: 'curated' },
    rotation: { enabledDaysAgo: 1240, periodDays: 730 },
    policy: keyPolicy(
      delegate(data),
      administer([administrator, role('lake-reader')]),
      allow('Use', [role('etl-runner'), role('lake-reader'), role('warehouse-loader')], USE),
      allow('BI tool', userArn(data, 'service/svc-bi-tool'), 'kms:Decrypt'),
    ),
    grants: [
      {
        daysAgo: 410,
        grantee: ssoArn(data, 'DataAnalyst'),
        operations: ['Decrypt', 'DescribeKey'],
        name: 'analysts-q3',
        by: ssoArn(data, 'AdministratorAccess'),
      },
      {
        daysAgo: 95,
        grantee: 'AROAZJ5X7QK2TEMPCONTR',
        operations: ['Decrypt', 'GenerateDataKey', 'CreateGrant'],
        name: 'contractor',
        by: ssoArn(data, 'AdministratorAccess'),
      },
    ],
    traffic: [
      {
        by: role('lake-reader'),
        operation: 'Decrypt',
        perDay: 8,
        volume: 4000,
        shape: 'office',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-lake-curated' },
      },
      {
        by: ssoArn(data, 'DataAnalyst'),
        session: PERSON.mei,
        operation: 'Decrypt',
        perDay: 5,
        shape: 'office',
        via: 'athena',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-lake-curated' },
      },
      {
        by: userArn(data, 'service/svc-bi-tool'),
        operation: 'Decrypt',
        perDay: 4,
        shape: 'office',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-lake-curated' },
      },
    ],
    past: [
      {
        daysAgo: 13,
        by: administrator,
        session: PERSON.luis,
        operation: 'PutKeyPolicy',
        parameters: { PolicyName: 'default' },
      },
      // Around the console, and it opens doors: policies here go by tags.
      {
        daysAgo: 1,
        by: ssoArn(data, 'AdministratorAccess'),
        session: PERSON.luis,
        operation: 'TagResource',
        parameters: { Tags: [{ TagKey: 'project', TagValue: 'curated' }] },
      },
      {
        daysAgo: 95,
        by: ssoArn(data, 'AdministratorAccess'),
        session: PERSON.luis,
        operation: 'UpdateAlias',
        parameters: { AliasName: 'alias/analytics/curated' },
      },
    ],
  },
  {
    ...here,
    handle: 'warehouse',
    createdDaysAgo: 1100,
    aliases: ['warehouse/cluster'],
    description: 'Redshift',
    tags: tags('confidential'),
    rotation: { enabledDaysAgo: 1000, off: true },
    policy: consoleDefault(
      data,
      [administrator],
      [role('warehouse-loader'), role('snapshot-copier')],
    ),
    grants: [
      databaseGrant(REGION.frankfurt, 'db-WAREHOUSEMETA', 1090),
      serviceGrant(
        'redshift.amazonaws.com',
        `arn:aws:redshift:${REGION.frankfurt}:${data}:namespace:5f1c20de-77aa-4c1b-9d0e-2b8f46c1a9e3`,
        ['Encrypt', 'Decrypt', 'GenerateDataKey', 'DescribeKey', 'CreateGrant'],
        33,
      ),
      {
        daysAgo: 210,
        grantee: rootArn(dev),
        operations: ['Decrypt', 'DescribeKey'],
        name: 'dev-sample-data',
        by: ssoArn(data, 'AdministratorAccess'),
      },
    ],
    traffic: [
      {
        by: role('warehouse-loader'),
        operation: 'Decrypt',
        perDay: 4,
        volume: 800,
        shape: 'nightly',
        via: 'redshift',
      },
    ],
    past: [
      { daysAgo: 30, by: administrator, session: PERSON.luis, operation: 'DisableKeyRotation' },
    ],
  },
  {
    ...here,
    handle: 'ml-features',
    createdDaysAgo: 390,
    aliases: ['ml/features'],
    description: 'Feature store',
    tags: { team: 'data-science' },
    policy: defaultPolicy(data),
    grants: [
      {
        daysAgo: 300,
        grantee: 'AROAZJ5X7QK2MLNOTEBOOK',
        operations: ['Decrypt', 'GenerateDataKey', 'DescribeKey'],
        by: role('ml-training'),
      },
      {
        daysAgo: 33,
        grantee: role('ml-training'),
        operations: ['Decrypt', 'GenerateDataKey', 'RetireGrant'],
        equals: { store: 'features' },
        name: 'training-week-42',
        retiring: role('ml-training'),
        by: role('ml-training'),
      },
    ],
    traffic: [
      {
        by: role('ml-training'),
        operation: 'Decrypt',
        perDay: 5,
        volume: 600,
        shape: 'weekly',
        via: 'sagemaker',
      },
    ],
  },
  {
    ...here,
    handle: 'stream-buffer',
    createdDaysAgo: 520,
    aliases: ['streams/buffer'],
    description: 'Kinesis',
    tags: tags('internal'),
    rotation: { enabledDaysAgo: 520 },
    policy: keyPolicy(
      delegate(data),
      allow('Use', role('stream-processor'), USE),
      allowService('Notifications', 'sns.amazonaws.com', ['kms:GenerateDataKey*', 'kms:Decrypt']),
    ),
    traffic: [
      {
        by: role('stream-processor'),
        operation: 'Decrypt',
        perDay: 6,
        volume: 5000,
        shape: 'steady',
        via: 'kinesis',
        context: {
          'aws:kinesis:arn': `arn:aws:kinesis:${REGION.frankfurt}:${data}:stream/positions`,
        },
      },
    ],
  },
  {
    ...here,
    handle: 'pseudonyms',
    createdDaysAgo: 470,
    aliases: ['lake/pseudonyms'],
    spec: 'HMAC_512',
    usage: 'GENERATE_VERIFY_MAC',
    description: 'Pseudonyms of customers in the lake',
    tags: tags('restricted'),
    policy: consoleDefault(
      data,
      [administrator],
      [role('pseudonymizer')],
      ['kms:GenerateMac', 'kms:VerifyMac', 'kms:DescribeKey'],
    ),
    traffic: [
      {
        by: role('pseudonymizer'),
        operation: 'GenerateMac',
        perDay: 5,
        volume: 40_000,
        shape: 'nightly',
        parameters: { MacAlgorithm: 'HMAC_SHA_512' },
      },
    ],
  },
  {
    ...here,
    handle: 'old-lake',
    createdDaysAgo: 1480,
    aliases: ['lake/v1'],
    description: 'First lake',
    state: 'Disabled',
    policy: defaultPolicy(data),
    tags: { team: 'data' },
  },
  {
    accountId: data,
    region: REGION.ireland,
    handle: 'lake-backup',
    createdDaysAgo: 900,
    aliases: ['lake/backup'],
    description: 'Second copy of the lake',
    tags: tags('confidential'),
    rotation: { enabledDaysAgo: 400 },
    lastUsed: { operation: 'GenerateDataKey', daysAgo: 41 },
    policy: keyPolicy(
      delegate(data),
      administer(administrator),
      allow('Restore drills', roleArn(prod, 'rds-export'), [
        'kms:Decrypt',
        'kms:PutKeyPolicy',
        'kms:ScheduleKeyDeletion',
      ]),
      deny('Never outside', '*', 'kms:Decrypt', {
        StringNotEquals: { 'aws:PrincipalOrgID': 'o-h4ld3nfrt8' },
      }),
    ),
  },
  {
    accountId: data,
    region: REGION.virginia,
    handle: 'lake-us-sample',
    createdDaysAgo: 700,
    aliases: ['lake/us-sample'],
    description: 'Sample for the Boston office',
    policy: defaultPolicy(data),
  },
]
