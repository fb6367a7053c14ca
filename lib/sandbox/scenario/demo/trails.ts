import type { Trail, World } from '../../world'
import { DAY } from '../make'
import { ACCOUNT, COMPANY, REGION } from './company'

/** Since when digest files are kept; the log files before are as they are. */
const VALIDATED_DAYS = 7

/** The organization's trail, and one of the data team's own that leaves KMS out. */
export function addTrails(world: World, now: number): void {
  const log = [
    ...(world.accounts.get(ACCOUNT.security)?.regions.get(REGION.ireland)?.aliases.values() ?? []),
  ].find((alias) => alias.name === 'alias/security/log-archive')
  const kmsKeyArn = log?.targetKeyId
    ? `arn:aws:kms:${REGION.ireland}:${ACCOUNT.security}:key/${log.targetKeyId}`
    : null
  addTrail(world, {
    ...nameTrail('halden-organization', ACCOUNT.management, REGION.ireland),
    isMultiRegion: true,
    isOrganization: true,
    s3BucketName: 'halden-org-trail',
    kmsKeyArn,
    logging: [{ from: now - 900 * DAY, to: null }],
    validatesSince: now - VALIDATED_DAYS * DAY,
  })
  // Unencrypted, and "KMS makes so many events".
  addTrail(world, {
    ...nameTrail('data-team', ACCOUNT.data, REGION.frankfurt),
    s3BucketName: 'halden-data-trail',
    logging: [{ from: now - 400 * DAY, to: null }],
    selections: [{ from: 0, selectors: withoutKms }],
  })
  addBucket(world, now - 900 * DAY, {
    name: 'halden-org-trail',
    accountId: ACCOUNT.security,
    region: REGION.ireland,
    trailArn: nameTrail('halden-organization', ACCOUNT.management, REGION.ireland).arn,
    folders: [`AWSLogs/${ACCOUNT.management}/*`, `AWSLogs/${COMPANY.organizationId}/*`],
  })
  addBucket(world, now - 400 * DAY, {
    name: 'halden-data-trail',
    accountId: ACCOUNT.data,
    region: REGION.frankfurt,
    trailArn: nameTrail('data-team', ACCOUNT.data, REGION.frankfurt).arn,
    folders: [`AWSLogs/${ACCOUNT.data}/*`],
  })
}

const withoutKms = {
  kind: 'basic' as const,
  selectors: [
    {
      readWriteType: 'All' as const,
      includesManagement: true,
      excludedSources: ['kms.amazonaws.com'],
    },
  ],
}

type Named = Pick<Trail, 'name' | 'arn' | 'homeRegion'>

function nameTrail(name: string, accountId: string, homeRegion: string): Named {
  return { name, homeRegion, arn: `arn:aws:cloudtrail:${homeRegion}:${accountId}:trail/${name}` }
}

function addTrail(world: World, trail: Named & Partial<Trail> & Pick<Trail, 's3BucketName'>): void {
  const accountId = trail.arn.split(':')[4] ?? ''
  world.accounts
    .get(accountId)
    ?.regions.get(trail.homeRegion)
    ?.trails.push({
      isMultiRegion: false,
      isOrganization: false,
      s3KeyPrefix: null,
      kmsKeyArn: null,
      logging: [],
      validatesSince: null,
      selections: [],
      deliveries: new Map(),
      ...trail,
    })
}

type BucketPlan = {
  name: string
  accountId: string
  region: string
  trailArn: string
  folders: string[]
}

/** With the policy that AWS's page on buckets for trails gives. */
function addBucket(world: World, createdAt: number, plan: BucketPlan): void {
  const { name, accountId, region, trailArn } = plan
  const statement = {
    Effect: 'Allow',
    Principal: { Service: 'cloudtrail.amazonaws.com' },
  }
  const bySource = { 'aws:SourceArn': trailArn }
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        ...statement,
        Sid: 'AWSCloudTrailAclCheck',
        Action: 's3:GetBucketAcl',
        Resource: `arn:aws:s3:::${name}`,
        Condition: { StringEquals: bySource },
      },
      {
        ...statement,
        Sid: 'AWSCloudTrailWrite',
        Action: 's3:PutObject',
        Resource: plan.folders.map((folder) => `arn:aws:s3:::${name}/${folder}`),
        Condition: {
          StringEquals: { ...bySource, 's3:x-amz-acl': 'bucket-owner-full-control' },
        },
      },
    ],
  }
  world.buckets.set(name, {
    name,
    accountId,
    region,
    createdAt,
    policy: JSON.stringify(policy),
    encryption: null,
    objects: new Map(),
  })
}
