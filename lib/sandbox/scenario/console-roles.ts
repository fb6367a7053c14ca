import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Account, World } from '../world'
import { addRole, addUser } from './make'

/**
 * The console's roles under the names that its settings have by default. What they are allowed is
 * what the console offers to deploy, as a test of the console wrote it down beside this file.
 */
const READ_ROLE = 'ClavigerRead'
const WRITE_ROLE = 'ClavigerWrite'
const TRAIL_ROLE = 'ClavigerTrail'
const HOST_USER = 'claviger-host'

type Statement = { Sid: string; Effect: string; Action: string[]; Resource: string }
type Policy = { Version: string; Statement: Statement[] }

const policies: { read: Policy; write: Policy; trail: Policy } = JSON.parse(
  readFileSync(path.join(import.meta.dirname, 'console-roles.json'), 'utf8'),
)

/** The policy without these actions, which an administrator left out. */
const without = ({ Version, Statement }: Policy, lacks: readonly string[]): Policy => ({
  Version,
  Statement: Statement.map((statement) =>
    statement.Effect === 'Allow'
      ? { ...statement, Action: statement.Action.filter((action) => !lacks.includes(action)) }
      : statement,
  ).filter(({ Action }) => Action.length > 0),
})

export type ConsoleRoles = {
  managementAccountId: string
  /** The ExternalId the roles demand; undefined: any or none. */
  externalId: string | undefined
  createdAt: number
  lacks?: string[]
  readOnly?: boolean
}

/**
 * Adds the console's roles. `lacks`: actions this account's read role was not given. `readOnly`: no
 * write role here.
 */
export function addConsoleRoles(world: World, account: Account, roles: ConsoleRoles): void {
  const { createdAt, lacks = [] } = roles
  const { read, write } = policies
  addRole(world, account, {
    name: READ_ROLE,
    createdAt,
    description: 'Read-only inventory of KMS keys by Claviger',
    lastUsedAt: createdAt,
    trust: consoleTrust(roles, account.id, ['sts:AssumeRole', 'sts:SetSourceIdentity']),
    inline: { ClavigerRead: without(read, lacks) },
  })
  if (roles.readOnly) return
  addRole(world, account, {
    name: WRITE_ROLE,
    createdAt,
    description: 'Approved changes to KMS keys by Claviger',
    maxSessionHours: 1,
    trust: consoleTrust(roles, account.id, [
      'sts:AssumeRole',
      'sts:SetSourceIdentity',
      'sts:TagSession',
    ]),
    inline: { ClavigerWrite: write },
  })
}

type LogBucket = { bucket: string; region: string; kmsKeyArn: string | null }

/** Adds the role that a bucket's log files are read with, to the account that owns the bucket. */
export function addTrailRole(
  world: World,
  account: Account,
  roles: ConsoleRoles,
  { bucket, region, kmsKeyArn }: LogBucket,
): void {
  const text = JSON.stringify(policies.trail)
    .replaceAll('BUCKET', bucket)
    .replaceAll('REGION', region)
    .replaceAll('LOG_KEY', kmsKeyArn ?? '')
  const { Version, Statement }: Policy = JSON.parse(text)
  const used = Statement.filter(({ Resource }) => Resource !== '')
  addRole(world, account, {
    name: TRAIL_ROLE,
    createdAt: roles.createdAt,
    description: 'CloudTrail log files for Claviger',
    maxSessionHours: 1,
    trust: consoleTrust(roles, account.id, ['sts:AssumeRole']),
    inline: { ClavigerTrail: { Version, Statement: used } },
  })
}

function consoleTrust(roles: ConsoleRoles, accountId: string, actions: string[]): object {
  const admin = (accountId: string) => `arn:aws:iam::${accountId}:user/admin`
  // The admins, whom a 12-digit access key stands for, are what one tries first.
  const trusted = [
    `arn:aws:iam::${roles.managementAccountId}:user/${HOST_USER}`,
    ...new Set([admin(roles.managementAccountId), admin(accountId)]),
  ]
  const statement = { Effect: 'Allow', Principal: { AWS: trusted }, Action: actions }
  // The ExternalId goes with AssumeRole alone: SetSourceIdentity is judged in the same call, so one
  // statement serves both.
  const condition =
    roles.externalId === undefined
      ? {}
      : { Condition: { StringEquals: { 'sts:ExternalId': roles.externalId } } }
  return { Version: '2012-10-17', Statement: [{ ...statement, ...condition }] }
}

/**
 * Adds the principal the console itself runs as: it can assume its roles and look at the
 * organization, nothing else.
 */
export function addHostUser(world: World, account: Account, createdAt: number): void {
  const roles = [READ_ROLE, WRITE_ROLE, TRAIL_ROLE].map((name) => `arn:aws:iam::*:role/${name}`)
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: ['sts:AssumeRole', 'sts:SetSourceIdentity', 'sts:TagSession'],
        Resource: roles,
      },
      {
        Effect: 'Allow',
        Resource: '*',
        Action: [
          'organizations:ListAccounts',
          'organizations:DescribeOrganization',
          'organizations:DescribeOrganizationalUnit',
          'organizations:ListParents',
          'organizations:ListRoots',
        ],
      },
    ],
  }
  addUser(world, account, { name: HOST_USER, createdAt, inline: { ClavigerHost: policy } })
}
