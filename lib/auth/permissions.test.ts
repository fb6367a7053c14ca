import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  permissionNames,
  permissions,
  roles,
  scopeOf,
  type Assigned,
  type Permission,
  type Role,
} from './permissions'

const accounts = ['111111111111', '222222222222', '333333333333']
const assigned = fc.array(
  fc.record<Assigned>({
    role: fc.constantFrom(...roles),
    accountId: fc.option(fc.constantFrom(...accounts)),
  }),
  { maxLength: 6 },
)
const permission = fc.constantFrom(...permissionNames)
const reaches = (held: readonly Assigned[], name: Permission, account: string) => {
  const scope = scopeOf(held, name)
  return scope !== null && (scope.all || scope.accountIds.includes(account))
}
const rolesOf = (name: Permission): readonly Role[] => permissions[name].roles

describe('what assignments give', () => {
  it('reaches an account exactly when one assignment that covers it has a role of the permission', () => {
    fc.assert(
      fc.property(assigned, permission, fc.constantFrom(...accounts), (held, name, account) => {
        const expected = held.some(
          (a) =>
            rolesOf(name).includes(a.role) &&
            (a.accountId === null || (permissions[name].scoped && a.accountId === account)),
        )
        expect(reaches(held, name, account)).toBe(expected)
      }),
    )
  })

  it('never shrinks when a role is added, and nothing comes from nothing', () => {
    fc.assert(
      fc.property(
        assigned,
        assigned,
        permission,
        fc.constantFrom(...accounts),
        (held, more, name, account) => {
          if (reaches(held, name, account))
            expect(reaches([...held, ...more], name, account)).toBe(true)
          expect(scopeOf([], name)).toBeNull()
        },
      ),
    )
  })

  it('lets nobody of one account into people, settings, the audit log or connected accounts', () => {
    const everything = roles.map((role): Assigned => ({ role, accountId: '111111111111' }))
    const whole: Permission[] = [
      'people.read',
      'people.manage',
      'settings.read',
      'settings.manage',
      'audit.read',
      'audit.export',
      'accounts.manage',
    ]
    for (const name of whole) expect(scopeOf(everything, name), name).toBeNull()
  })

  it('lets only those decide who may see what they decide about, and a viewer change nothing', () => {
    for (const role of rolesOf('requests.decide')) expect(rolesOf('keys.read')).toContain(role)
    const changing = permissionNames.filter((name) => !/\.(read|save)$/.test(name))
    expect(changing.filter((name) => rolesOf(name).includes('viewer'))).toEqual([])
  })
})
