import type { KeyPlan } from '../plan'
import { ACCOUNT, REGION, roleArn } from './company'
import { PERSON } from './people'
import { allow, allowService, defaultPolicy, delegate, keyPolicy } from './policies'

const { shared, security, management } = ACCOUNT

/** What the organization itself keeps: its log archive, evidence, bills. */
export const ORGANIZATION_KEYS: KeyPlan[] = [
  {
    accountId: security,
    region: REGION.ireland,
    handle: 'log-archive',
    createdDaysAgo: 1600,
    aliases: ['security/log-archive'],
    description: 'Organization trail and its bucket',
    tags: {
      owner: 'henrik.aas@haldenfreight.example',
      'data-class': 'confidential',
      team: 'security',
      'cost-center': 'CC-5000',
    },
    rotation: { enabledDaysAgo: 1600 },
    policy: keyPolicy(
      delegate(security),
      allowService('CloudTrail', 'cloudtrail.amazonaws.com', 'kms:GenerateDataKey*', {
        StringEquals: {
          'aws:SourceArn': `arn:aws:cloudtrail:${REGION.ireland}:${management}:trail/halden-organization`,
        },
      }),
      allow(
        'Readers',
        [roleArn(security, 'log-archive-reader'), roleArn(shared, 'log-shipper')],
        ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey'],
      ),
    ),
    traffic: [
      {
        by: roleArn(shared, 'log-shipper'),
        operation: 'GenerateDataKey',
        perDay: 4,
        volume: 90,
        shape: 'steady',
        context: { destination: 'archive' },
        parameters: { KeySpec: 'AES_256' },
      },
      {
        by: roleArn(security, 'log-archive-reader'),
        operation: 'Decrypt',
        perDay: 3,
        shape: 'office',
        via: 'athena',
      },
    ],
  },
  {
    accountId: security,
    region: REGION.frankfurt,
    handle: 'forensics',
    createdDaysAgo: 530,
    aliases: ['security/forensics'],
    description: 'Evidence of incidents',
    tags: { owner: PERSON.henrik, 'data-class': 'restricted', team: 'security' },
    policy: defaultPolicy(security),
    rotation: { enabledDaysAgo: 530 },
    lastUsed: { operation: 'Decrypt', daysAgo: 31 },
  },
  {
    accountId: management,
    region: REGION.virginia,
    handle: 'billing-export',
    createdDaysAgo: 1800,
    aliases: ['billing/export'],
    description: 'Cost and usage reports',
    tags: { owner: 'finance@haldenfreight.example', 'data-class': 'internal', team: 'finance' },
    rotation: { enabledDaysAgo: 1800 },
    policy: defaultPolicy(management),
    traffic: [
      {
        by: roleArn(management, 'billing-export'),
        operation: 'Decrypt',
        perDay: 2,
        shape: 'nightly',
        via: 's3',
        context: { 'aws:s3:arn': 'arn:aws:s3:::halden-billing' },
      },
    ],
  },
]
