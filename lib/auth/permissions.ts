import type { Scope } from '../db/scope'

/**
 * Who may do what: the whole policy on one screen. Roles come from group mappings or by hand, each
 * for every account or for one.
 */

export const roles = [
  'viewer',
  'auditor',
  'requester',
  'approver',
  'keyAdministrator',
  'admin',
] as const
export type Role = (typeof roles)[number]

const everyone = [
  'viewer',
  'auditor',
  'requester',
  'approver',
  'keyAdministrator',
  'admin',
] as const

type Rule = { scoped: boolean; roles: readonly Role[]; governs?: true }

/**
 * Permission -> the roles that hold it. `scoped` permissions hold only for the accounts of the
 * assignment that gives them; the others (people, settings, the installation) need an assignment
 * for every account. What `governs` decides about what others ask, acts without being asked about,
 * or says who does: a role that holds it is given by request.
 */
export const permissions = {
  'keys.read': { scoped: true, roles: everyone },
  'keys.export': {
    scoped: true,
    roles: ['auditor', 'requester', 'approver', 'keyAdministrator', 'admin'],
  },
  'keys.refresh': { scoped: true, roles: ['requester', 'approver', 'keyAdministrator', 'admin'] },
  'grants.read': { scoped: true, roles: everyone },
  'access.read': { scoped: true, roles: everyone },
  'accounts.read': { scoped: true, roles: everyone },
  'accounts.manage': { scoped: false, roles: ['admin'], governs: true },
  'accounts.refresh': {
    scoped: true,
    roles: ['requester', 'approver', 'keyAdministrator', 'admin'],
  },
  'trail.read': { scoped: true, roles: everyone },
  'trail.manage': { scoped: false, roles: ['admin'] },
  'trail.audit': {
    scoped: true,
    roles: ['auditor', 'approver', 'keyAdministrator', 'admin'],
  },
  'trail.export': {
    scoped: true,
    roles: ['auditor', 'approver', 'keyAdministrator', 'admin'],
  },
  'views.save': { scoped: true, roles: everyone },
  'views.share': {
    scoped: true,
    roles: ['auditor', 'requester', 'approver', 'keyAdministrator', 'admin'],
  },
  'views.manage': { scoped: false, roles: ['admin'] },
  'drafts.write': { scoped: true, roles: ['requester', 'approver', 'keyAdministrator', 'admin'] },
  'outOfBand.review': { scoped: true, roles: ['approver', 'keyAdministrator', 'admin'] },
  'external.review': { scoped: true, roles: ['approver', 'keyAdministrator', 'admin'] },
  'requests.read': { scoped: true, roles: everyone },
  'requests.create': {
    scoped: true,
    roles: ['requester', 'approver', 'keyAdministrator', 'admin'],
  },
  'requests.decide': {
    scoped: true,
    roles: ['approver', 'keyAdministrator', 'admin'],
    governs: true,
  },
  'requests.withoutEnd': { scoped: true, roles: ['keyAdministrator', 'admin'], governs: true },
  'requests.breakGlass': { scoped: true, roles: ['keyAdministrator', 'admin'], governs: true },
  'audit.read': { scoped: false, roles: ['auditor', 'admin'] },
  'audit.export': { scoped: false, roles: ['auditor', 'admin'] },
  'people.read': { scoped: false, roles: ['auditor', 'admin'] },
  'people.manage': { scoped: false, roles: ['admin'], governs: true },
  'settings.read': { scoped: false, roles: ['auditor', 'admin'] },
  'settings.manage': { scoped: false, roles: ['admin'], governs: true },
} as const satisfies Record<string, Rule>

export type Permission = keyof typeof permissions
export const permissionNames = Object.keys(permissions).filter(
  (name): name is Permission => name in permissions,
)

/** An assignment as it counts: a role, for every account (null) or one. */
export type Assigned = { role: Role; accountId: string | null }

/** The person behind a request, with the roles Postgres has for them right now. */
export type Actor = {
  id: string
  email: string
  name: string
  assigned: readonly Assigned[]
  /** The session they came by. */
  sessionId?: string
}

export type { Scope }

/** What `assigned` give for a permission: null when it is not held at all. */
export function scopeOf(assigned: readonly Assigned[], permission: Permission): Scope | null {
  const rule: Rule = permissions[permission]
  const holding = assigned.filter((a) => rule.roles.includes(a.role))
  if (holding.some((a) => a.accountId === null)) return { all: true }
  if (!rule.scoped || holding.length === 0) return null
  return {
    all: false,
    accountIds: [...new Set(holding.flatMap((a) => (a.accountId === null ? [] : [a.accountId])))],
  }
}

/**
 * Tells whether an account is in scope, as the conditions of lib/db/scope.ts do. What belongs to no
 * account takes all of them; a permission that is not held (null) reaches nothing.
 */
export const reachesAccount = (scope: Scope | null, accountId: string | null): boolean =>
  scope !== null && (scope.all || (accountId !== null && scope.accountIds.includes(accountId)))

/** Whether a role decides or administers, anywhere. */
export function governs(role: Role): boolean {
  const rules: readonly Rule[] = Object.values(permissions)
  return rules.some((rule) => rule.governs === true && rule.roles.includes(role))
}
