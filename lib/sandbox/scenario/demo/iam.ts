import type { Account, World } from '../../world'
import { ADMINISTRATOR, DAY, addGroup, addManagedPolicy, addRole, addUser } from '../make'
import { hashText } from '../random'
import { ACCOUNT } from './company'
import {
  document,
  may,
  mayNot,
  PERMISSION_SETS,
  SET_POLICIES,
  SSO_PATH,
  ssoRoleName,
  ssoTrust,
  type Document,
} from './people'
import type { ArnOf } from './role-parts'
import { listRoles } from './roles'

/** Everybody who can act in one of the company's accounts, beside the console's own principals. */
export function addPeople(world: World, account: Account, now: number, arnOf: ArnOf): void {
  for (const [name, content] of Object.entries(MANAGED[account.id] ?? {})) {
    addManagedPolicy(world, account, name, content, account.joinedAt + 3 * DAY)
  }
  for (const set of PERMISSION_SETS[account.id] ?? []) {
    const { attached, inline } = SET_POLICIES[set]
    addRole(world, account, {
      name: ssoRoleName(account.id, set),
      path: SSO_PATH,
      createdAt: Math.max(account.joinedAt, now - 1200 * DAY),
      maxSessionHours: 8,
      trust: ssoTrust(account.id),
      attached,
      inline: inline ? { AwsSSOInlinePolicy: inline } : {},
      lastUsedAt: now - (hashText(set) % (6 * DAY)),
    })
  }
  for (const sketch of listRoles(account.id, arnOf)) {
    const age = 200 + (hashText(`${account.id}/${sketch.name}`) % 1000)
    const { unused, ...plan } = sketch
    addRole(world, account, {
      ...plan,
      createdAt: Math.max(account.joinedAt + DAY, now - age * DAY),
      lastUsedAt: unused ? null : now - (hashText(sketch.name) % (20 * 3_600_000)),
    })
  }
  addUser(world, account, {
    name: 'admin',
    createdAt: account.joinedAt,
    attached: [ADMINISTRATOR],
    tags: { purpose: 'break glass, sealed' },
  })
  addLegacyUsers(world, account, now, arnOf)
}

function addLegacyUsers(world: World, account: Account, now: number, arnOf: ArnOf): void {
  if (account.id === ACCOUNT.prod) {
    const createdAt = now - 1900 * DAY
    addGroup(world, account, {
      name: 'Operators',
      createdAt,
      inline: { operate: document(may(['kms:Describe*', 'kms:List*', 'kms:EnableKey'])) },
    })
    addGroup(world, account, {
      name: 'Finance',
      createdAt,
      inline: { decrypt: document(may('kms:Decrypt', arnOf('invoice-archive'))) },
    })
    addUser(world, account, {
      name: 'marta.lindqvist',
      createdAt,
      groups: ['Operators', 'Finance'],
      tags: { mail: 'marta.lindqvist@haldenfreight.example' },
    })
    addUser(world, account, {
      name: 'svc-edi-gateway',
      path: '/service/',
      createdAt,
      inline: { keys: document(may(['kms:Encrypt', 'kms:Decrypt'], '*')) },
      boundary: `arn:aws:iam::${account.id}:policy/workload-boundary`,
    })
  }
  if (account.id === ACCOUNT.dev) {
    const createdAt = now - 700 * DAY
    addGroup(world, account, {
      name: 'Developers',
      createdAt,
      attached: [`arn:aws:iam::${account.id}:policy/DeveloperKeys`],
    })
    addUser(world, account, {
      name: 'petra.novak',
      createdAt,
      groups: ['Developers'],
      boundary: `arn:aws:iam::${account.id}:policy/dev-boundary`,
    })
    addUser(world, account, { name: 'jonas.berg', createdAt, groups: ['Developers'] })
  }
  if (account.id === ACCOUNT.data) {
    addUser(world, account, {
      name: 'svc-bi-tool',
      path: '/service/',
      createdAt: now - 980 * DAY,
      inline: {
        keys: document(
          may('kms:Decrypt', arnOf('lake-curated'), {
            IpAddress: { 'aws:SourceIp': '203.0.113.0/24' },
          }),
        ),
      },
    })
  }
}

const MANAGED: Record<string, Record<string, Document>> = {
  [ACCOUNT.prod]: {
    'workload-boundary': document(
      may('*'),
      mayNot(['iam:*', 'organizations:*']),
      mayNot(['kms:ScheduleKeyDeletion', 'kms:DisableKey', 'kms:PutKeyPolicy']),
    ),
    KeyAdministration: document(
      may([
        'kms:Create*',
        'kms:Describe*',
        'kms:Enable*',
        'kms:List*',
        'kms:Put*',
        'kms:Update*',
        'kms:Revoke*',
        'kms:Disable*',
        'kms:Get*',
        'kms:Delete*',
        'kms:TagResource',
        'kms:UntagResource',
        'kms:ScheduleKeyDeletion',
        'kms:CancelKeyDeletion',
      ]),
    ),
    DecryptEverything: document(may(['kms:Decrypt', 'kms:ReEncrypt*', 'kms:DescribeKey'])),
  },
  [ACCOUNT.dev]: {
    'dev-boundary': document(
      may('*', '*', {
        StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-central-1', 'us-east-1'] },
      }),
      mayNot('iam:*'),
    ),
    DeveloperKeys: document(may('kms:*')),
  },
}
