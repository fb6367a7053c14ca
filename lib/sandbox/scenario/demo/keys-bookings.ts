import type { KeyPlan } from '../plan'
import { ACCOUNT, REGION, roleArn, rootArn, userArn } from './company'
import { PERSON, ssoArn } from './people'
import {
  administer,
  allow,
  consoleDefault,
  defaultPolicy,
  delegate,
  keyPolicy,
  USE,
} from './policies'
import { databaseGrant, serviceGrant, tableGrant, volumeGrant } from './services'

const { prod, data, dev } = ACCOUNT
const role = (name: string) => roleArn(prod, name)
const administrator = ssoArn(prod, 'KeyAdministrator')
const here = { accountId: prod, region: REGION.ireland }
const tags = (dataClass: string, team = 'bookings') => ({
  owner: 'claviger-key-administrators',
  'data-class': dataClass,
  team,
  'cost-center': 'CC-2040',
})
const viaRds = {
  StringEquals: {
    'kms:ViaService': `rds.${REGION.ireland}.amazonaws.com`,
    'kms:CallerAccount': data,
  },
}
const copier = roleArn(data, 'snapshot-copier')

/** Bookings, tracking and the ground they stand on: volumes, tables, queues. */
export const BOOKING_KEYS: KeyPlan[] = [
  {
    ...here,
    handle: 'booking-db',
    createdDaysAgo: 1710,
    aliases: ['bookings/db'],
    description: 'Booking database and its snapshots',
    tags: tags('confidential'),
    policy: keyPolicy(
      delegate(prod),
      administer(administrator),
      allow('Use', [role('booking-api'), role('rds-export')], USE),
      allow(
        'Snapshots to the data account',
        copier,
        ['kms:Decrypt', 'kms:DescribeKey', 'kms:CreateGrant', 'kms:ReEncryptFrom'],
        viaRds,
      ),
    ),
    rotation: { enabledDaysAgo: 1700 },
    grants: [
      databaseGrant(REGION.ireland, 'db-BOOKINGS2K9P', 1210),
      databaseGrant(REGION.ireland, 'db-BOOKINGS2K9PRR1', 310),
      databaseGrant(REGION.ireland, 'db-BOOKSTAGE1', 45),
      {
        daysAgo: 34,
        grantee: copier,
        operations: ['Decrypt', 'DescribeKey', 'ReEncryptFrom'],
        name: 'snapshot-copy-2026q4',
        retiring: administrator,
        by: administrator,
      },
    ],
    traffic: [
      {
        by: role('booking-api'),
        operation: 'Decrypt',
        perDay: 7,
        volume: 700,
        shape: 'office',
        via: 'rds',
        context: { 'aws:rds:db-id': 'db-BOOKINGS2K9P' },
      },
      {
        by: copier,
        operation: 'ReEncrypt',
        perDay: 1,
        shape: 'nightly',
        via: 'rds',
        context: { 'aws:rds:db-id': 'db-BOOKINGS2K9P' },
      },
      {
        by: roleArn(data, 'etl-runner'),
        operation: 'Decrypt',
        perDay: 0.5,
        shape: 'nightly',
        error: { code: 'AccessDenied', message: '' },
      },
    ],
  },
  {
    ...here,
    handle: 'booking-documents',
    createdDaysAgo: 1340,
    aliases: ['bookings/documents'],
    description: 'Bills of lading and customs papers (S3)',
    tags: tags('confidential'),
    // A developer account may read what production stores: meant for one week in 2024.
    policy: keyPolicy(
      delegate(prod),
      allow('Use through S3', role('booking-api'), USE, {
        StringEquals: { 'kms:ViaService': `s3.${REGION.ireland}.amazonaws.com` },
      }),
      allow('TEMP debugging', rootArn(dev), ['kms:Decrypt', 'kms:DescribeKey', 'kms:CreateGrant']),
    ),
    traffic: [
      {
        by: role('booking-api'),
        operation: 'Decrypt',
        perDay: 11,
        volume: 1500,
        shape: 'office',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-documents' },
      },
      {
        by: role('booking-api'),
        operation: 'GenerateDataKey',
        perDay: 5,
        volume: 800,
        shape: 'office',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-documents' },
        parameters: { KeySpec: 'AES_256' },
      },
      {
        by: ssoArn(dev, 'Developer'),
        session: PERSON.petra,
        operation: 'Decrypt',
        perDay: 0.4,
        shape: 'office',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-documents/2026/BL-88120.pdf' },
      },
    ],
    past: [
      {
        daysAgo: 25,
        by: administrator,
        session: PERSON.tomasz,
        operation: 'PutKeyPolicy',
        parameters: { PolicyName: 'default' },
      },
      { daysAgo: 25, by: administrator, session: PERSON.tomasz, operation: 'DisableKeyRotation' },
    ],
  },
  {
    ...here,
    handle: 'tracking-events',
    createdDaysAgo: 1600,
    aliases: ['tracking/events'],
    description: 'Position and temperature events of containers',
    tags: tags('internal', 'tracking'),
    policy: consoleDefault(
      prod,
      [administrator],
      [role('tracking-ingest'), role('tracking-api'), roleArn(data, 'etl-runner')],
    ),
    rotation: { enabledDaysAgo: 900, periodDays: 180 },
    rotatedDaysAgo: [
      880, 851, 820, 791, 760, 731, 700, 671, 640, 611, 580, 551, 520, 491, 460, 431, 400, 371, 340,
      251, 160, 75,
    ],
    traffic: [
      {
        by: role('tracking-ingest'),
        operation: 'GenerateDataKey',
        perDay: 13,
        volume: 60_000,
        shape: 'steady',
        context: { stream: 'positions' },
        parameters: { KeySpec: 'AES_256' },
      },
      {
        by: role('tracking-api'),
        operation: 'Decrypt',
        perDay: 14,
        volume: 90_000,
        shape: 'office',
        context: { stream: 'positions' },
      },
      {
        by: roleArn(data, 'etl-runner'),
        operation: 'Decrypt',
        perDay: 4,
        volume: 20_000,
        shape: 'nightly',
        context: { stream: 'positions' },
      },
      {
        by: role('tracking-api'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'office',
        fromDaysAgo: 2,
        context: { stream: 'temperature' },
        error: { code: 'ThrottlingException', message: '' },
      },
    ],
    grants: [
      {
        daysAgo: 940,
        grantee: role('tracking-api'),
        operations: ['Decrypt', 'DescribeKey'],
        equals: { stream: 'positions' },
        retiring: role('tracking-ingest'),
        by: administrator,
      },
      {
        daysAgo: 939,
        grantee: role('tracking-api'),
        operations: ['DescribeKey', 'Decrypt'],
        equals: { stream: 'positions' },
        retiring: role('tracking-ingest'),
        by: administrator,
      },
    ],
    past: [
      {
        daysAgo: 1,
        by: ssoArn(prod, 'AdministratorAccess'),
        session: PERSON.tomasz,
        operation: 'ScheduleKeyDeletion',
        error: { code: 'AccessDenied', message: '' },
      },
      { daysAgo: 75, by: administrator, session: PERSON.tomasz, operation: 'RotateKeyOnDemand' },
    ],
  },
  {
    ...here,
    handle: 'volumes',
    createdDaysAgo: 1500,
    aliases: ['platform/volumes'],
    description: 'EBS volumes of production',
    tags: tags('internal', 'platform'),
    policy: consoleDefault(prod, [administrator], [role('tracking-ingest'), role('volume-tools')]),
    rotation: { enabledDaysAgo: 1500 },
    grants: [
      ...Array.from({ length: 14 }, (_, i) =>
        volumeGrant(
          prod,
          `vol-0a7f3c19e52d4${(4096 + i * 137).toString(16)}`,
          `i-0c4e81ab97d2f${(8192 + i * 91).toString(16)}`,
          3 + i * 23,
        ),
      ),
      {
        daysAgo: 640,
        grantee: role('volume-tools'),
        operations: [
          'CreateGrant',
          'Decrypt',
          'Encrypt',
          'GenerateDataKey',
          'GenerateDataKeyWithoutPlaintext',
          'ReEncryptFrom',
          'ReEncryptTo',
          'DescribeKey',
        ],
        by: userArn(prod, 'marta.lindqvist'),
      },
    ],
    traffic: [
      {
        by: role('tracking-ingest'),
        operation: 'Decrypt',
        perDay: 4,
        shape: 'steady',
        via: 'ec2',
        context: { 'aws:ebs:id': 'vol-0a7f3c19e52d41000' },
      },
    ],
  },
  {
    ...here,
    handle: 'tables',
    createdDaysAgo: 890,
    aliases: ['platform/tables'],
    description: 'DynamoDB tables and event pipes',
    tags: tags('internal', 'platform'),
    policy: defaultPolicy(prod),
    rotation: { enabledDaysAgo: 880, periodDays: 365 },
    grants: [
      tableGrant(REGION.ireland, prod, 'shipments', 870),
      tableGrant(REGION.ireland, prod, 'rates', 866),
      tableGrant(REGION.ireland, prod, 'quotes', 120),
      serviceGrant(
        'dynamodb.amazonaws.com',
        `arn:aws:dynamodb:${REGION.ireland}:${prod}:table/vessels`,
        ['Encrypt', 'Decrypt', 'GenerateDataKey', 'ReEncryptFrom', 'ReEncryptTo', 'DescribeKey'],
        40,
      ),
      serviceGrant(
        'pipes.amazonaws.com',
        `arn:aws:pipes:${REGION.ireland}:${prod}:pipe/decommissioned`,
        ['Decrypt', 'GenerateDataKey', 'DescribeKey'],
        70,
      ),
    ],
    traffic: [
      {
        by: role('booking-api'),
        operation: 'Decrypt',
        perDay: 4,
        volume: 400,
        shape: 'office',
        via: 'dynamodb',
        context: { 'aws:dynamodb:tableName': 'shipments', 'aws:dynamodb:subscriberId': prod },
      },
    ],
  },
  {
    ...here,
    handle: 'old-gateway',
    createdDaysAgo: 1900,
    aliases: ['legacy/gateway'],
    description: 'Gateway before the rewrite',
    tags: { team: 'platform' },
    policy: defaultPolicy(prod),
    deletion: { scheduledDaysAgo: 4, windowDays: 30 },
    grants: [
      {
        daysAgo: 700,
        grantee: userArn(prod, 'service/svc-edi-gateway'),
        operations: ['Decrypt', 'Encrypt'],
        by: userArn(prod, 'marta.lindqvist'),
      },
    ],
    traffic: [
      {
        by: userArn(prod, 'service/svc-edi-gateway'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'steady',
        untilDaysAgo: 6,
      },
      {
        by: userArn(prod, 'service/svc-edi-gateway'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'steady',
        fromDaysAgo: 3.5,
        error: { code: 'KMSInvalidStateException', message: 'is pending deletion.' },
      },
    ],
    past: [
      {
        daysAgo: 4,
        by: ssoArn(prod, 'AdministratorAccess'),
        session: PERSON.tomasz,
        operation: 'ScheduleKeyDeletion',
        parameters: { PendingWindowInDays: 30 },
      },
    ],
  },
  {
    ...here,
    handle: 'old-exports',
    createdDaysAgo: 1750,
    description: '',
    policy: defaultPolicy(prod),
    deletion: { scheduledDaysAgo: 3, windowDays: 7 },
    lastUsed: { operation: 'Decrypt', daysAgo: 190 },
    past: [
      {
        daysAgo: 3,
        by: ssoArn(prod, 'AdministratorAccess'),
        session: PERSON.tomasz,
        operation: 'ScheduleKeyDeletion',
        parameters: { PendingWindowInDays: 7 },
      },
    ],
  },
]
