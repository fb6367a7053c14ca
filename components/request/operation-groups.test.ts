import { expect, it } from 'vitest'
import { grantOperations } from '@/lib/kms/grant-operations'
import { operationGroups } from './operation-groups'

it('every operation that a grant can allow can be ticked, and once', () => {
  const offered = operationGroups.flatMap(({ operations }) => operations.map(([name]) => name))
  expect([...offered].sort()).toEqual([...grantOperations].sort())
})
