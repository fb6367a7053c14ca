import { expect, test } from 'vitest'
import { organizationPathOf, type OrganizationFacts } from './organization-facts'
import { account } from './test/sources'

test('the path of an account ends above it, with a slash', () => {
  const node = (id: string, parentId: string | null) =>
    [id, { id, parentId, scpIds: [], rcpIds: [], problems: {} }] as const
  const organization: OrganizationFacts = {
    id: 'o-1',
    managementAccountId: '999988887777',
    policies: new Map(),
    nodes: new Map([
      node('r-1', null),
      node('ou-1', 'r-1'),
      node(account, 'ou-1'),
      node('000000000001', 'ou-lost'),
    ]),
  }
  expect(organizationPathOf(organization, account)).toBe('o-1/r-1/ou-1/')
  expect(organizationPathOf(organization, '000000000001')).toBeNull()
  expect(organizationPathOf(null, account)).toBeNull()
})
