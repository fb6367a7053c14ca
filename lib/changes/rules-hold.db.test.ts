/** The approval rules are changed by no side door, and bind every key that a change is about. */
import { CreateAliasCommand } from '@aws-sdk/client-kms'
import { beforeEach, expect, it } from 'vitest'
import { type AskedRequest } from './request/ask'
import { cancelChanges } from './request/cancel'
import { prepareRequest } from './request/prepare'
import { applyRules } from './rules/apply'
import { defaultRules } from './rules/rule'
import { breakGlass, sendRequest } from './request/send'
import { openChangeFixture } from './test/change-fixture'
import {
  addKey,
  addLocal,
  addPerson,
  asking,
  changesOf,
  outsider,
  permitFor,
  permitOf,
  fixtureAccount,
  type Someone,
} from './test/fixtures'

const { sql, db, transaction, aws, ann, bob, ask, approve, work } = await openChangeFixture({
  bobIs: 'admin',
})
await addPerson('Cleo', 'admin') // the rules ask for up to two approvals
const kms = () => outsider(aws.url)

/** Prepared and sent, with the rights that the person has. */
async function askAs(
  who: Someone,
  asked: AskedRequest,
): Promise<{ requestId: string; changeIds: string[] }> {
  const { id } = await prepareRequest(permitOf(who, 'requests.create'), asked)
  await sendRequest(permitOf(who, 'requests.create'), { id })
  return { requestId: id, changeIds: (await changesOf(id)).map((change) => change.id) }
}

beforeEach(() =>
  sql.execute(`UPDATE "Change" SET "status" = 'cancelled' WHERE "status" IN ('open', 'approved')`),
)

const weak = { ...defaultRules, rules: [] }

const askForRules = (more: Partial<AskedRequest['changes'][number]> = {}): AskedRequest => ({
  justification: 'weaker rules',
  changes: [
    {
      kind: 'rules-update',
      accountId: null,
      region: null,
      keyArn: null,
      input: weak,
      startsAt: null,
      endsAt: null,
      ...more,
    },
  ],
})

const rulesStored = async () =>
  (await sql.query('SELECT 1 FROM "Setting" WHERE "name" = $1', ['approvalRules'])).length

it('the approval rules are not changed under the name of an account', async () => {
  const clerk = await addLocal('Clerk', 'requester', fixtureAccount)
  await expect(
    askAs(clerk, askForRules({ accountId: fixtureAccount, region: 'eu-central-1' })),
  ).rejects.toThrow(/account/)
  const key = await addKey(aws.url)
  await expect(
    askAs(ann, askForRules({ accountId: fixtureAccount, region: 'eu-central-1', keyArn: key.arn })),
  ).rejects.toThrow(/account/)
  expect(await rulesStored()).toBe(0)
})

it('nor by break-glass', async () => {
  const { id } = await prepareRequest(permitOf(ann, 'requests.create'), askForRules())
  await expect(
    breakGlass(permitOf(ann, 'requests.breakGlass'), { id, reason: 'now' }),
  ).rejects.toThrow(/break-glass/i)
  await work()
  expect(await rulesStored()).toBe(0)
})

it('a change names what its kind is about, nothing more and nothing less', async () => {
  const key = await addKey(aws.url)
  await expect(askAs(ann, asking('key-disable', null, {}))).rejects.toThrow(/key/i)
  await expect(askAs(ann, asking('key-create', key.arn, {}))).rejects.toThrow(/key/i)
})

it('an alias is moved away from a key only as the rules of that key want it', async () => {
  const [from, to] = [await addKey(aws.url), await addKey(aws.url)]
  await outsider(aws.url).send(
    new CreateAliasCommand({ AliasName: 'alias/guarded', TargetKeyId: from.arn }),
  )
  const rule = {
    name: 'guarded',
    when: { keyArns: [from.arn] },
    approvals: 2,
    roles: [],
    ownerMust: false,
    ticket: false,
    longestHours: null,
    businessHours: false,
    comment: 'none',
  }
  await sql.execute(
    `INSERT INTO "Setting" ("name", "value", "version", "updatedAt") VALUES ('approvalRules', $1::jsonb, 1, now())`,
    [JSON.stringify({ ...defaultRules, rules: [...defaultRules.rules, rule] })],
  )
  const { changeId } = await ask(
    asking('alias-update', to.arn, { aliasName: 'alias/guarded', fromKeyArn: from.arn }),
  )
  await sql.execute(`DELETE FROM "Setting" WHERE "name" = 'approvalRules'`)
  expect(await approve(changeId)).toEqual({ status: 'open' })
  await cancelChanges(permitFor(ann, 'requests.create'), {
    requestId: (await db.change.findUniqueOrThrow({ where: { id: changeId } })).requestId,
    changeId: null,
    reason: '',
  })
})

it('a rule that wants the owner of the key an alias is taken from wants that owner', async () => {
  await addPerson('Xavier', 'approver', { email: 'xavier@example.com' })
  const [x, y] = [
    await addKey(aws.url, {}, { owner: 'xavier@example.com', Owner: 'xavier@example.com' }),
    await addKey(aws.url, {}, { owner: 'bob@example.com', Owner: 'bob@example.com' }),
  ]
  await kms().send(new CreateAliasCommand({ AliasName: 'alias/t4', TargetKeyId: x.keyId }))
  const rule = {
    name: 'X: its owner',
    when: { keyArns: [x.arn] },
    approvals: 1,
    roles: [],
    ownerMust: true,
    ticket: false,
    longestHours: null,
    businessHours: false,
    comment: 'none' as const,
  }
  await transaction((tx) =>
    applyRules(tx, { ...defaultRules, rules: [...defaultRules.rules, rule] }, 0),
  )
  const { changeId } = await ask(
    asking('alias-update', y.arn, { aliasName: 'alias/t4', fromKeyArn: x.arn }),
  )
  const { status } = await approve(changeId, bob)
  expect(status).toBe('open')
})
