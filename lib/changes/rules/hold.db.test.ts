import { beforeAll, expect, it } from 'vitest'
import { freshDatabase } from '../../db/test/database'
import { claimChanges } from '../run/lease'
import { productionContext } from '../kinds/execution-context'
import { defaultRules, resolveRule, type EffectiveRule } from './rule'

const { db, sql } = await freshDatabase()
const setNow = (text: string) =>
  sql.execute(
    `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
      SELECT '${text}'::timestamptz $$`,
  )
const rule = resolveRule(defaultRules, {
  kind: 'key-disable',
  risk: 'high',
  accountId: '111122223333',
  keyArn: null,
  tags: {},
})
const inHours: EffectiveRule = {
  ...rule,
  businessHours: { timeZone: 'Europe/Berlin', days: [1, 2, 3, 4, 5], from: '09:00', to: '17:00' },
}
let ann = ''
let bob = ''
beforeAll(async () => {
  const add = async (name: string) =>
    (
      await db.person.create({
        data: { issuer: 'i', subject: name, name, email: `${name}@example.com`, groups: [] },
      })
    ).id
  ;[ann, bob] = [await add('ann'), await add('bob')]
})

async function addApproved(frozen: EffectiveRule, breakGlass = false): Promise<string> {
  const request = await db.request.create({
    data: {
      title: 'r',
      requesterId: ann,
      requesterName: 'ann',
      justification: 'j',
      breakGlass,
      answerBy: new Date('2027-01-01'),
    },
  })
  const { id } = await db.change.create({
    data: {
      requestId: request.id,
      position: 1,
      kind: 'key-disable',
      accountId: '111122223333',
      input: {},
      title: 't',
      risk: 'high',
      baseline: {},
      baselineHash: 'b',
      baselineAt: new Date(),
      preflight: {},
      rule: frozen,
      requestHash: 'h',
    },
  })
  await db.change.update({ where: { id }, data: { status: 'open' } })
  if (!breakGlass)
    await db.approval.create({
      data: {
        changeId: id,
        personId: bob,
        personName: 'bob',
        decision: 'approve',
        requestHash: 'h',
        baselineHash: 'b',
        roles: [],
      },
    })
  await db.change.update({ where: { id }, data: { status: 'approved' } })
  return id
}
const claimed = async () =>
  (await claimChanges(productionContext, 'test', 'do', 10)).map(({ changeId }) => changeId)

it('what breaks things begins in business hours alone; break-glass and all else at once', async () => {
  await setNow('2026-10-23T15:30:00Z') // a Friday, 17:30 in Berlin; on Sunday the clocks go back
  const [waits, goes, glass] = [
    await addApproved(inHours),
    await addApproved(rule),
    await addApproved(inHours, true),
  ]
  expect((await claimed()).sort()).toEqual([goes, glass].sort())
  expect(await db.change.findUnique({ where: { id: waits } })).toMatchObject({
    status: 'approved',
    nextTryAt: new Date('2026-10-26T08:00:00Z'),
    problem: expect.stringContaining('waits for business hours: Mon, Tue'),
  })
  await setNow('2026-10-26T07:59:00Z')
  expect(await claimed()).not.toContain(waits)
  await setNow('2026-10-26T17:00:00Z') // no worker all Monday: it is over again
  expect(await claimed()).not.toContain(waits)
  await setNow('2026-10-27T08:00:00Z')
  expect(await claimed()).toContain(waits)
})
