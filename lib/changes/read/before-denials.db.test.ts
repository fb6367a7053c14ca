import { beforeAll, expect, test } from 'vitest'
import type { Scope } from '../../auth/permissions'
import { freshDatabase } from '../../db/test/database'
import { addPerson, permitFor } from '../test/fixtures'
import { findChangesBefore } from './before-denials'

const { db } = await freshDatabase()
const [own, other] = ['111122223333', '444455556666']
const keyOf = (id: string) => `arn:aws:kms:eu-west-1:${own}:key/${id}`
const at = (hours: number) => new Date(Date.UTC(2026, 10, 10, hours))
let ask: (key: string, hours: number, scope?: Scope) => ReturnType<typeof findChangesBefore>

beforeAll(async () => {
  const ann = await addPerson('Ann', 'requester')
  const bea = await addPerson('Bea', 'approver')
  ask = (key, hours, scope = { all: true }) =>
    findChangesBefore(permitFor(bea, 'requests.read', scope), [
      { key: keyOf(key), firstAt: at(hours).toISOString() },
    ])
  const change = (position: number, key: string, times: object) => ({
    position,
    kind: 'policy-put',
    accountId: own,
    region: 'eu-west-1',
    keyArn: keyOf(key),
    input: {},
    title: `Change ${position}`,
    risk: 'low',
    baseline: {},
    baselineHash: '',
    baselineAt: at(0),
    preflight: {},
    ...times,
  })
  await db.request.create({
    data: {
      title: 't',
      requesterId: ann.id,
      requesterName: ann.name,
      justification: 'x',
      sentAt: at(0),
      answerBy: at(1),
      changes: {
        create: [
          change(1, 'a', { appliedAt: at(1) }),
          change(2, 'a', { appliedAt: at(5) }),
          change(3, 'b', { appliedAt: at(-200), endedAt: at(6), undoOutcome: {} }),
          change(4, 'c', {}),
        ],
      },
    },
  })
})

test('the newest change of the day before is found, done or undone, and none that came later', async () => {
  expect(await ask('a', 4)).toMatchObject([{ title: 'Change 1', isUndone: false }])
  expect(await ask('a', 6)).toMatchObject([{ title: 'Change 2', at: at(5).toISOString() }])
  expect(await ask('a', 60)).toEqual([null])
  expect(await ask('b', 7)).toMatchObject([{ title: 'Change 3', isUndone: true }])
  expect(await ask('c', 7)).toEqual([null])
})

test('a change out of scope is not told', async () => {
  expect(await ask('a', 6, { all: false, accountIds: [other] })).toEqual([null])
  expect(await ask('a', 6, { all: false, accountIds: [own] })).not.toEqual([null])
})
