import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Assigned, Role } from '../auth/permissions'
import type { Permission } from '../auth/permissions'
import { scopeOf } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { freshDatabase } from '../db/test/database'
import { runSandbox } from '../sandbox/test/running'
import { commentOnRequest, reviewBreakGlass } from './decide/comment'
import { decideChange } from './decide/decide'
import { endNow } from './decide/end-now'
import { executeChange } from './run/execute'
import { claimChanges } from './run/lease'
import { listRequests } from './read/list-requests'
import { prepareRequest } from './request/prepare'
import { getRequest } from './read/get-request'
import { breakGlass, sendRequest } from './request/send'
import { defaultRules } from './rules/rule'
import {
  addKey,
  addPerson,
  asking,
  changesOf,
  connectAccount,
  decisionOf,
  outsider,
  fixtureAccount,
  type Someone,
} from './test/fixtures'
import { productionContext } from './kinds/execution-context'
import type { AskedRequest } from './request/ask'
import { CreateGrantCommand } from '@aws-sdk/client-kms'

const { sql } = await freshDatabase()
const otherAccount = '638820417753'
let aws: Awaited<ReturnType<typeof runSandbox>>
let ann: Someone
let bob: Someone
beforeAll(async () => {
  aws = await runSandbox({ scenario: 'demo', externalId: 'claviger-stage' })
  await connectAccount(aws.url)
  await connectAccount(aws.url, { accountId: otherAccount })
  ann = await addPerson('Ann', 'keyAdministrator')
  bob = await addPerson('Bob', 'admin')
  await addPerson('Root', 'admin')
})
afterAll(() => aws.close())

/** What authorize would give: the scope of what the person holds. */
function permitOf<P extends Permission>(
  { id, name, email, assigned }: Someone,
  permission: P,
): Permit<P> {
  const scope = scopeOf(assigned, permission)
  if (!scope) throw new Error(`${name} lacks ${permission}`)
  return { actor: { id, name, email, assigned }, scope } as unknown as Permit<P> // only authorize makes one; here nobody signs in
}

async function addLocal(name: string, role: Role, accountId: string): Promise<Someone> {
  const person = await addPerson(name, role)
  await sql.execute(`UPDATE "Assignment" SET "accountId" = $2 WHERE "personId" = $1::uuid`, [
    person.id,
    accountId,
  ])
  return { ...person, assigned: [{ role, accountId }] satisfies Assigned[] }
}

async function work(): Promise<void> {
  for (const mode of ['undo', 'do'] as const)
    for (const lease of await claimChanges(productionContext, 'test', mode, 10))
      await executeChange(productionContext, lease, new AbortController().signal)
}
async function ask(
  who: Someone,
  asked: AskedRequest,
): Promise<{ requestId: string; changeIds: string[] }> {
  const { id } = await prepareRequest(permitOf(who, 'requests.create'), asked)
  await sendRequest(permitOf(who, 'requests.create'), { id })
  return { requestId: id, changeIds: (await changesOf(id)).map((change) => change.id) }
}
const approve = async (who: Someone, changeId: string) =>
  decideChange(permitOf(who, 'requests.decide'), await decisionOf(changeId))
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
    ask(clerk, askForRules({ accountId: fixtureAccount, region: 'eu-central-1' })),
  ).rejects.toThrow(/account/)
  const key = await addKey(aws.url)
  await expect(
    ask(ann, askForRules({ accountId: fixtureAccount, region: 'eu-central-1', keyArn: key.arn })),
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
  await expect(ask(ann, asking('key-disable', null, {}))).rejects.toThrow(/key/i)
  await expect(ask(ann, asking('key-create', key.arn, {}))).rejects.toThrow(/key/i)
})

it('who sees one account of a request sees nothing of the others', async () => {
  const [here, there] = [await addKey(aws.url), await addKey(aws.url)]
  const { requestId } = await ask(ann, {
    justification: 'both',
    title: 'two',
    changes: [
      ...asking('key-disable', here.arn, {}).changes,
      ...asking('description', there.arn, { description: 'secret project' }).changes,
    ],
  })
  await sql.execute(`UPDATE "Change" SET "accountId" = $2 WHERE "keyArn" = $1`, [
    there.arn,
    otherAccount,
  ])
  const local = await addLocal('Local', 'approver', fixtureAccount)
  const seen = await getRequest(permitOf(local, 'requests.read'), requestId)
  expect(seen.changes).toHaveLength(1)
  const text = JSON.stringify(seen)
  expect(text).not.toContain(there.arn)
  expect(text).not.toContain(there.keyId)
  const [row] = (
    await listRequests(permitOf(local, 'requests.read'), { box: 'all', text: '', page: 1 })
  ).rows.filter(({ id }) => id === requestId)
  expect(row).toMatchObject({
    changes: 1,
    kinds: ['key-disable'],
    accounts: [{ id: fixtureAccount }],
  })
  const far = (await changesOf(requestId))[1]?.id ?? ''
  await expect(approve(local, far)).rejects.toThrow(/no such change/)
  await expect(
    endNow(permitOf(local, 'requests.create'), { changeId: far, reason: 'x' }),
  ).rejects.toThrow(/no such change/)
  const stranger = await addLocal('Stranger', 'approver', '111111111111')
  await expect(
    commentOnRequest(permitOf(stranger, 'requests.read'), { requestId, text: 'x' }),
  ).rejects.toThrow(/no such request/)
})

it('break-glass over several accounts is reviewed by who may decide in all of them', async () => {
  const [here, there] = [await addKey(aws.url), await addKey(aws.url)]
  const { id } = await prepareRequest(permitOf(ann, 'requests.create'), {
    justification: 'both',
    changes: [here, there].flatMap(
      ({ arn }) => asking('description', arn, { description: 'x' }).changes,
    ),
  })
  await breakGlass(permitOf(ann, 'requests.breakGlass'), { id, reason: 'fire' })
  await sql.execute(`UPDATE "Change" SET "accountId" = $2 WHERE "keyArn" = $1`, [
    there.arn,
    otherAccount,
  ])
  const local = await addLocal('Local two', 'approver', fixtureAccount)
  expect((await getRequest(permitOf(local, 'requests.read'), id)).canReview).toBe(false)
  await expect(
    reviewBreakGlass(permitOf(local, 'requests.decide'), { requestId: id, note: 'fine' }),
  ).rejects.toThrow(/all/)
  expect((await getRequest(permitOf(bob, 'requests.read'), id)).canReview).toBe(true)
  await reviewBreakGlass(permitOf(bob, 'requests.decide'), { requestId: id, note: 'fine' })
})

const grantInput = {
  granteePrincipal: 'arn:aws:iam::638820417753:root',
  granteeServicePrincipal: null,
  operations: ['Decrypt'],
  constraints: null,
  retiringPrincipal: null,
  retiringServicePrincipal: null,
}

it('who only asks for changes in an account does not end those of others', async () => {
  const key = await addKey(aws.url)
  const {
    requestId,
    changeIds: [changeId = ''],
  } = await ask(ann, asking('grant-create', key.arn, grantInput))
  await approve(bob, changeId)
  await work()
  const clerk = await addLocal('Clerk two', 'requester', fixtureAccount)
  expect((await getRequest(permitOf(clerk, 'requests.read'), requestId)).changes[0]?.canEnd).toBe(
    false,
  )
  await expect(
    endNow(permitOf(clerk, 'requests.create'), { changeId, reason: 'spite' }),
  ).rejects.toThrow(/no such change/)
  const approver = await addLocal('Local three', 'approver', fixtureAccount)
  expect(
    (await getRequest(permitOf(approver, 'requests.read'), requestId)).changes[0]?.canEnd,
  ).toBe(true)
  await endNow(permitOf(approver, 'requests.create'), { changeId, reason: 'over' })
})

it('a grant adopted without an end was never approved to end', async () => {
  const key = await addKey(aws.url)
  const { GrantId: grantId } = await outsider(aws.url).send(
    new CreateGrantCommand({
      KeyId: key.arn,
      GranteePrincipal: grantInput.granteePrincipal,
      Operations: ['Decrypt'],
    }),
  )
  const {
    requestId,
    changeIds: [changeId = ''],
  } = await ask(
    ann,
    asking('grant-adopt', key.arn, { grantId, owner: 'team', reason: 'known' }, { endsAt: null }),
  )
  await approve(bob, changeId)
  await work()
  const [change] = (await getRequest(permitOf(ann, 'requests.read'), requestId)).changes
  expect(change).toMatchObject({ status: 'applied', canEnd: false })
  await expect(
    endNow(permitOf(ann, 'requests.create'), { changeId, reason: 'away' }),
  ).rejects.toThrow(/no end/)
})
