import 'server-only'
import type { Permit } from '../auth/permit'
import type { Role } from '../auth/permissions'
import { db } from '../db/client'

export type AssignmentRow = {
  id: string
  role: Role
  accountId: string | null
  group: string | null
}
export type PersonRow = {
  id: string
  name: string
  email: string
  issuer: string
  groups: string[]
  disabledAt: string | null
  lastSignInAt: string | null
  assignments: AssignmentRow[]
}
export type AccountName = { id: string; name: string }
export type MappingRow = {
  id: string
  group: string
  role: Role
  accountId: string | null
  people: number
}

const pageSize = 100

/** Everyone who ever signed in, newest sign-in first; `text` looks in name, e-mail and groups. */
export async function listPeople(
  _permit: Permit<'people.read'>,
  { text, page }: { text: string; page: number },
): Promise<{ people: PersonRow[]; total: number; pages: number }> {
  // a % that was typed is a %
  const contains = { contains: text.replace(/[\\%_]/g, '\\$&'), mode: 'insensitive' as const }
  const where =
    text === '' ? {} : { OR: [{ name: contains }, { email: contains }, { groups: { has: text } }] }
  const [total, people] = await Promise.all([
    db.person.count({ where }),
    db.person.findMany({
      where,
      orderBy: [{ lastSignInAt: { sort: 'desc', nulls: 'last' } }, { id: 'asc' }],
      skip: (page - 1) * pageSize,
      take: pageSize,
      select: {
        id: true,
        name: true,
        email: true,
        issuer: true,
        groups: true,
        disabledAt: true,
        lastSignInAt: true,
        assignments: {
          select: { id: true, role: true, accountId: true, group: true },
          orderBy: { createdAt: 'asc' },
        },
      },
    }),
  ])
  const iso = (at: Date | null) => at?.toISOString() ?? null
  return {
    people: people.map((p) => ({
      ...p,
      disabledAt: iso(p.disabledAt),
      lastSignInAt: iso(p.lastSignInAt),
    })),
    total,
    pages: Math.max(1, Math.ceil(total / pageSize)),
  }
}

/** Accounts to choose a scope from. */
export async function listScopes(
  _permit: Permit<'people.read'> | Permit<'settings.read'>,
): Promise<AccountName[]> {
  return db.account.findMany({
    where: { removedAt: null },
    select: { id: true, name: true },
    orderBy: { name: 'asc' },
  })
}

/** Mappings with how many people hold their role by that group now. */
export async function listMappings(_permit: Permit<'settings.read'>): Promise<MappingRow[]> {
  const mappings = await db.groupMapping.findMany({ orderBy: [{ group: 'asc' }, { role: 'asc' }] })
  const held = await db.assignment.groupBy({
    by: ['group', 'role', 'accountId'],
    where: { group: { not: null } },
    _count: true,
  })
  const countOf = new Map(
    held.map((h) => [JSON.stringify([h.group, h.role, h.accountId]), h._count]),
  )
  return mappings.map(({ id, group, role, accountId }) => ({
    id,
    group,
    role,
    accountId,
    people: countOf.get(JSON.stringify([group, role, accountId])) ?? 0,
  }))
}

/** What one holds oneself, with the names of those accounts alone. */
export async function readOwnRoles({ actor }: Permit<'keys.read'>): Promise<{
  name: string
  email: string
  assignments: AssignmentRow[]
  accounts: AccountName[]
}> {
  const assignments = await db.assignment.findMany({
    where: { personId: actor.id },
    select: { id: true, role: true, accountId: true, group: true },
    orderBy: { createdAt: 'asc' },
  })
  const ids = assignments.flatMap(({ accountId }) => accountId ?? [])
  const accounts = await db.account.findMany({
    where: { id: { in: ids } },
    select: { id: true, name: true },
  })
  return { name: actor.name, email: actor.email, assignments, accounts }
}
