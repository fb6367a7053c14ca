import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import type { Role } from '../../auth/permissions'
import { freshDatabase } from '../../db/test/database'
import { campaignSeed, roundsOf } from '../../launch/campaign'
import { findDecider } from '../rules/deciders'
import { defaultRules, resolveRule } from '../rules/rule'
import { addPerson, permitFor } from '../test/fixtures'
import { findWaiting } from './waiting'

const { db, sql } = await freshDatabase()
afterAll(() => db.$disconnect())

const here = '111122223333'
const elsewhere = '444455556666'
const plain = resolveRule(defaultRules, {
  kind: 'policy-put',
  risk: 'low',
  accountId: here,
  keyArn: null,
  tags: {},
})
const hour = 3_600_000
const rounds = roundsOf(40, 100)

it('is what findDecider says of every open change, for everybody', async () => {
  // Reads alike what stood before these people came, or was decided in a way that the triggers
  // refuse.
  await sql.execute('ALTER TABLE "Approval" DISABLE TRIGGER USER')
  const seldom = fc.nat(5).map((n) => n === 0)
  const person = fc.record({
    email: fc.constantFrom('x@e', 'y@e', 'z@e'),
    verified: fc.boolean(),
    disabled: seldom,
    roles: fc.array(
      fc.record({
        role: fc.constantFrom<Role>('viewer', 'approver', 'approver', 'admin'),
        accountId: fc.constantFrom(null, here, elsewhere),
      }),
      { minLength: 1, maxLength: 2 },
    ),
  })
  const away = fc
    .record({
      away: fc.nat(3),
      by: fc.nat(3),
      namer: fc.option(fc.nat(3)),
      from: fc.constantFrom(-2, 1),
      to: fc.constantFrom(-1, 2),
    })
    .filter(({ away: a, by, from, to }) => from < to && a !== by)
  const change = fc.record({
    by: fc.nat(3),
    accountId: fc.constantFrom(null, here, elsewhere),
    roles: fc.option(fc.subarray<Role>(['approver', 'admin', 'viewer'])),
    late: seldom,
    decided: fc.option(fc.record({ by: fc.nat(3), for: fc.option(fc.nat(3)) })),
  })
  let waits = 0
  let waitsNot = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(person, { minLength: 4, maxLength: 4 }),
      fc.array(away, { maxLength: 3 }),
      fc.array(change, { minLength: 1, maxLength: 4 }),
      async (people, aways, asked) => {
        const ones = await Promise.all(
          people.map(({ email, verified, roles: [first, ...more] }, i) =>
            addPerson(`p${i}`, first?.role ?? 'viewer', { email, verified }).then(async (one) => {
              if (first)
                await db.assignment.updateMany({
                  where: { personId: one.id },
                  data: { accountId: first.accountId },
                })
              await db.assignment.createMany({
                data: more.map((role) => ({ personId: one.id, ...role })),
                skipDuplicates: true,
              })
              await db.person.update({
                where: { id: one.id },
                data: { disabledAt: people[i]?.disabled ? new Date() : null },
              })
              return one
            }),
          ),
        )
        const at = (index: number) => ones[index] ?? expect.fail('no such person')
        for (const { away: a, by, namer, from, to } of aways) {
          await db.delegate.create({
            data: {
              awayId: at(a).id,
              delegateId: at(by).id,
              startsAt: new Date(Date.now() + from * hour),
              endsAt: new Date(Date.now() + to * hour),
              createdById: at(namer ?? a).id,
            },
          })
        }
        const open = await Promise.all(
          asked.map(async ({ by, accountId, roles, late, decided }) => {
            const rule = { ...plain, roles }
            const request = await db.request.create({
              data: {
                title: 't',
                requesterId: at(by).id,
                requesterName: at(by).name,
                justification: 'x',
                sentAt: new Date(),
                answerBy: new Date(Date.now() + (late ? -hour : hour)),
                changes: {
                  create: {
                    position: 1,
                    kind: 'description',
                    accountId,
                    input: {},
                    title: 't',
                    risk: 'low',
                    baseline: {},
                    baselineHash: 'h',
                    baselineAt: new Date(),
                    preflight: {},
                    rule,
                  },
                },
              },
              include: { changes: true },
            })
            const changeId = request.changes[0]?.id ?? expect.fail('no change')
            await db.change.update({
              where: { id: changeId },
              data: { status: 'open', requestHash: 'h' },
            })
            if (decided) {
              const forPersonId = decided.for === null ? null : at(decided.for).id
              await db.approval.create({
                data: {
                  changeId,
                  personId: at(decided.by).id,
                  personName: 'n',
                  decision: 'approve',
                  requestHash: 'h',
                  baselineHash: 'h',
                  roles: [],
                  forPersonId,
                },
              })
            }
            return {
              requestId: request.id,
              changeId,
              requesterId: at(by).id,
              accountId,
              rule,
              late,
            }
          }),
        )
        for (const one of ones) {
          const waiting = await findWaiting(permitFor(one, 'requests.read'))
          for (const { requestId, late, ...change } of open) {
            const expected =
              !late &&
              (await findDecider(sql, { ...change, owner: null, personId: one.id })) !== null
            expect(waiting.get(requestId) ?? 0).toBe(expected ? 1 : 0)
            if (expected) waits += 1
            else waitsNot += 1
          }
        }
        await db.approval.deleteMany()
        await db.request.deleteMany()
        await db.delegate.deleteMany()
        await db.person.deleteMany()
      },
    ),
    { numRuns: rounds, seed: campaignSeed() },
  )
  expect(Math.min(waits, waitsNot)).toBeGreaterThan(rounds / 8) // both were put to the test
}, 120_000)
