import { randomUUID } from 'node:crypto'
import { beforeAll, expect, it } from 'vitest'
import { freshDatabase } from '../../db/test/database'
import { campaignSeed, roundsOf } from '../../launch/campaign'
import { decideChange } from './decide'
import { hashOf, hashRequest } from '../kinds/hash'
import { addPerson, decisionOf, permitFor, type Someone } from '../test/fixtures'
import { resolveRule, defaultRules } from '../rules/rule'

const { db, sql } = await freshDatabase()
let ann: Someone
let twin: Someone
let deciders: Someone[]

beforeAll(async () => {
  process.env.CLAVIGER_EXTERNAL_ID = 'claviger-races'
  ann = await addPerson('Ann', 'admin', { email: 'ann@example.com' })
  twin = await addPerson('Ann again', 'admin', { email: 'ANN@example.com' })
  deciders = [
    await addPerson('Bob', 'approver'),
    await addPerson('Cleo', 'admin'),
    await addPerson('Dan', 'keyAdministrator'),
  ]
})

/** A change as sending leaves it, open until `answerInMs` from now. */
async function openChange(approvals: number, answerInMs: number): Promise<string> {
  const now = new Date()
  const rule = {
    ...resolveRule(defaultRules, {
      kind: 'description',
      risk: 'low',
      accountId: '111122223333',
      keyArn: null,
      tags: {},
    }),
    approvals,
    comment: 'none' as const,
  }
  const request = await db.request.create({
    data: {
      title: 'race',
      requesterId: ann.id,
      requesterName: ann.name,
      justification: 'race',
      createdAt: now,
      sentAt: now,
      answerBy: new Date(now.getTime() + answerInMs),
      rulesVersion: 0,
    },
  })
  const baseline = { description: '' }
  const draft = await db.change.create({
    data: {
      requestId: request.id,
      position: 1,
      kind: 'description',
      accountId: '111122223333',
      region: 'eu-west-1',
      keyArn: null,
      input: { description: 'x' },
      title: 'race',
      risk: 'low',
      baseline,
      baselineHash: hashOf(baseline),
      baselineAt: now,
      preflight: {},
    },
  })
  await db.change.update({
    where: { id: draft.id },
    data: { rule, requestHash: hashRequest(request, { ...draft, rule }), status: 'open' },
  })
  return draft.id
}

type Ended = {
  status: string
  approvals: number
  rejections: number
  byRequester: number
  entries: number
  late: number
}
async function lookAt(changeId: string): Promise<Ended> {
  const [row] = await sql.query<Ended>(
    `SELECT c."status"::text AS "status", (SELECT count(*) FROM "Approval"
      WHERE "changeId" = c."id" AND "decision" = 'approve') AS "approvals",
       (SELECT count(*) FROM "Approval" WHERE "changeId" = c."id" AND "decision" = 'reject') AS "rejections",
       (SELECT count(*) FROM "Approval"
       WHERE "changeId" = c."id"
         AND "personId" IN (SELECT same_people($2::uuid))) AS "byRequester",
       (SELECT count(*) FROM "Approval" a JOIN "Request" r ON r."id" = c."requestId"
       WHERE a."changeId" = c."id" AND a."at" >= r."answerBy") AS "late",
       (SELECT count(*) FROM "AuditEntry" e
       WHERE e."body"::jsonb->'data'->>'changeId' = c."id"::text
         AND e."event" IN ('change.approvalGiven', 'change.rejected')) AS "entries"
     FROM "Change" c WHERE c."id" = $1::uuid`,
    [changeId, ann.id],
  )
  if (!row) throw new Error('the change is gone')
  return row
}

/** All ways to combine what differs between races come round in 300 of them. */
const races = roundsOf(300, 1_000)

it(`${races} races of decisions: never two winners, never the requester, never too late`, async () => {
  const width = 8
  const first = campaignSeed() % 300
  let at = first
  const outcomes = new Map<string, number>()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let race = at++; race < first + races; race = at++) {
        // One in five is due to expire right among the decisions.
        const needed = race % 3 === 0 ? 2 : 1
        const changeId = await openChange(needed, race % 5 === 0 ? 2 + (race % 25) : 60_000)
        const decisions = [...deciders, ann, twin].map(async (person, index) => {
          const decision = await decisionOf(
            changeId,
            (race + index) % 4 === 0 ? 'reject' : 'approve',
          )
          return decideChange(permitFor(person, 'requests.decide'), decision).then(
            () => 'ok',
            () => 'refused',
          )
        })
        await Promise.all(decisions)
        const { status, approvals, rejections, byRequester, late, entries } = await lookAt(changeId)
        outcomes.set(status, (outcomes.get(status) ?? 0) + 1)
        expect({ byRequester, late }).toEqual({ byRequester: 0, late: 0 })
        expect(entries).toBe(approvals + rejections)
        if (status === 'approved')
          expect({ approvals, rejections }).toEqual({ approvals: needed, rejections: 0 })
        else if (status === 'rejected') expect(rejections).toBe(1)
        else
          expect({ status, rejections, few: approvals < needed }).toEqual({
            status: 'open',
            rejections: 0,
            few: true,
          })
      }
    }),
  )
  expect(outcomes.get('approved') ?? 0).toBeGreaterThan(races / 10)
  expect(outcomes.get('rejected') ?? 0).toBeGreaterThan(races / 10)
  expect(outcomes.get('open') ?? 0).toBeGreaterThan(races / 50)
}, 120_000)

const insert = (changeId: string, personId: string, more = '') =>
  sql.execute(
    `INSERT INTO "Approval" ("id", "changeId", "personId", "personName", "decision", "requestHash",
      "baselineHash") SELECT $3::uuid, c."id", $2::uuid, 'by hand', 'approve',
     c."requestHash"${more}, c."baselineHash" FROM "Change" c WHERE c."id" = $1::uuid`,
    [changeId, personId, randomUUID()],
  )

const refused = (constraint: string) => ({ constraint })

it('the database itself refuses what no screen would send', async () => {
  const [bob] = deciders
  if (!bob) throw new Error('no Bob')
  const changeId = await openChange(1, 60_000)
  await expect(insert(changeId, ann.id)).rejects.toMatchObject(
    refused('approval_not_of_own_request'),
  )
  await expect(insert(changeId, twin.id)).rejects.toMatchObject(
    refused('approval_not_of_own_request'),
  )
  await expect(insert(changeId, bob.id, ` || 'x'`)).rejects.toMatchObject(
    refused('approval_of_what_was_shown'),
  )
  await expect(
    sql.execute(`UPDATE "Change" SET "status" = 'approved' WHERE "id" = $1::uuid`, [changeId]),
  ).rejects.toMatchObject(refused('change_has_approvals'))
  await expect(
    sql.execute(`UPDATE "Change" SET "status" = 'executing' WHERE "id" = $1::uuid`, [changeId]),
  ).rejects.toMatchObject(refused('change_step'))
  await insert(changeId, bob.id)
  await expect(
    sql.execute(`DELETE FROM "Approval" WHERE "changeId" = $1::uuid`, [changeId]),
  ).rejects.toMatchObject(refused('approval_append_only'))
  await expect(
    sql.execute(`UPDATE "Approval" SET "personName" = 'x' WHERE "changeId" = $1::uuid`, [changeId]),
  ).rejects.toMatchObject(refused('approval_append_only'))
  const late = await openChange(1, -1_000)
  await expect(insert(late, bob.id)).rejects.toMatchObject(refused('approval_in_time'))
  await sql.execute(`UPDATE "Person" SET "disabledAt" = now() WHERE "id" = $1::uuid`, [bob.id])
  await expect(insert(await openChange(1, 60_000), bob.id)).rejects.toMatchObject(
    refused('approval_with_access'),
  )
})
