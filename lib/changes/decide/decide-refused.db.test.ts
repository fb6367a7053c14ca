import { expect, it } from 'vitest'
import { decideChange } from './decide'
import { getRequestsOverview } from '../read/overview'
import { prepareRequest } from '../request/prepare'
import { sendRequest } from '../request/send'
import { openChangeFixture } from '../test/change-fixture'
import { addKey, addPerson, asking, changesOf, decisionOf, permitFor } from '../test/fixtures'

const { sql, aws, ann, bob, ask } = await openChangeFixture()
const askForDescription = async () =>
  ask(asking('description', (await addKey(aws.url)).arn, { description: 'x' }))

it('a decider whose access is turned off at the last moment is told so, and decides nothing', async () => {
  const { requestId, changeId } = await askForDescription()
  const decision = await decisionOf(changeId)
  const dora = await addPerson('Dora', 'approver')
  // Between the look at who can decide and the row of the decision: triggers fire
  // in the order of their names.
  await sql.execute(`CREATE FUNCTION turn_off() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN UPDATE "Person" SET "disabledAt" = now() WHERE "id" = NEW."personId"; RETURN NEW; END $$`)
  await sql.execute(
    `CREATE TRIGGER a_turn_off BEFORE INSERT ON "Approval" FOR EACH ROW EXECUTE FUNCTION turn_off()`,
  )
  const decided = decideChange(permitFor(dora, 'requests.decide'), decision)
  await expect(decided).rejects.toMatchObject({
    code: 'forbidden',
    message: 'Your access is turned off.',
  })
  await sql.execute('DROP TRIGGER a_turn_off ON "Approval"')
  expect(await changesOf(requestId)).toMatchObject([{ status: 'open' }])
})

it('what the database refuses is known by its name, whatever its sentence says', async () => {
  const { changeId } = await askForDescription()
  const decision = await decisionOf(changeId)
  const raise = (name: string) =>
    sql.execute(`CREATE OR REPLACE FUNCTION other_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'in other words' USING ERRCODE = 'check_violation', CONSTRAINT = '${name}'; END $$`)
  const named = {
    approval_not_of_own_request: 'forbidden',
    approval_once: 'conflict',
    approval_with_access: 'forbidden',
    approval_of_open_change: 'conflict',
    approval_in_time: 'conflict',
    approval_of_what_was_shown: 'conflict',
    approval_not_of_own_role: 'forbidden',
  }
  await raise('none')
  await sql.execute(
    `CREATE TRIGGER a_other_words BEFORE INSERT ON "Approval" FOR EACH ROW EXECUTE FUNCTION other_words()`,
  )
  for (const [name, code] of Object.entries(named)) {
    await raise(name)
    await expect(decideChange(permitFor(bob, 'requests.decide'), decision)).rejects.toMatchObject({
      code,
    })
  }
  await raise('toString')
  await expect(decideChange(permitFor(bob, 'requests.decide'), decision)).rejects.toThrow(
    /in other words/,
  )
  await sql.execute('DROP TRIGGER a_other_words ON "Approval"')
  // as pg_trigger.tgtype has it
  const onInsert = 4
  const sources = await sql.query<{ text: string }>(
    `SELECT pg_get_functiondef(t.tgfoid) AS text FROM pg_trigger t
     WHERE t.tgrelid = '"Approval"'::regclass AND NOT t.tgisinternal
       AND (t.tgtype & ${onInsert}) <> 0`,
  )
  const raised = new Set(
    sources.flatMap(({ text }) =>
      [...text.matchAll(/CONSTRAINT = '(\w+)'/g)].map(([, name]) => name),
    ),
  )
  expect([...raised].sort()).toEqual(Object.keys(named).sort())
})

it('nothing is prepared, sent or shown by this process’s clock when the database’s cannot be read', async () => {
  const key = await addKey(aws.url)
  const create = permitFor(ann, 'requests.create')
  const draft = await prepareRequest(create, asking('description', key.arn, { description: 'x' }))
  const [before] = await sql.query<{ source: string }>(
    `SELECT pg_get_functiondef('claviger_now'::regproc) AS source`,
  )
  await sql.execute(
    `CREATE OR REPLACE FUNCTION claviger_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT NULL::timestamptz'`,
  )
  const noTime = /did not say what time it is/
  await expect(
    prepareRequest(create, asking('description', key.arn, { description: 'y' })),
  ).rejects.toThrow(noTime)
  await expect(sendRequest(create, draft)).rejects.toThrow(noTime)
  await expect(getRequestsOverview(permitFor(ann, 'requests.read'))).rejects.toThrow(noTime)
  await sql.execute(before?.source ?? '')
  await sendRequest(create, draft)
})
