import { expect, it } from 'vitest'
import type { Scope } from '../auth/permissions'
import type { Permit } from '../auth/permit'
import { prepareRequest } from '../changes/request/prepare'
import { getRequest } from '../changes/read/get-request'
import { defaultRules } from '../changes/rules/rule'
import { sendRequest } from '../changes/request/send'
import { openChangeFixture } from '../changes/test/change-fixture'
import {
  addKey,
  addPerson,
  asking,
  changesOf,
  permitFor,
  fixtureAccount,
} from '../changes/test/fixtures'
import { readRulesPage } from './approval-rules'

const { aws, ann, sql, transaction } = await openChangeFixture()
const other = '444455556666'
await addPerson('Adam', 'admin') // who decides about rules
const vera = await addPerson('Vera', 'viewer')
const scope: Scope = { all: false, accountIds: [fixtureAccount] }
const onlyHers = permitFor(vera, 'requests.read', scope)
const foreignKey = `arn:aws:kms:eu-west-1:${other}:key/1234abcd-12ab-34cd-56ef-1234567890ab`

it('the rules page names no account, key or request beyond the reader’s accounts', async () => {
  const [first] = defaultRules.rules
  const about = (name: string, when: object) => ({ ...first, name, when })
  const rules = {
    ...defaultRules,
    rules: [
      about('everywhere', {}),
      about('theirs', { accountIds: [other] }),
      about('shared', { accountIds: [other, fixtureAccount] }),
      about('their key', { keyArns: [foreignKey] }),
    ],
  }
  const { id } = await prepareRequest(permitFor(ann, 'requests.create'), {
    title: `Rules for ${foreignKey}`,
    justification: 'rules',
    changes: [
      {
        kind: 'rules-update',
        accountId: null,
        region: null,
        keyArn: null,
        input: rules,
        startsAt: null,
        endsAt: null,
      },
    ],
  })
  await sendRequest(permitFor(ann, 'requests.create'), { id })
  await sql.execute(
    `INSERT INTO "Setting" ("name", "value", "version", "updatedAt") VALUES ('approvalRules', $1::jsonb, 3, now())`,
    [JSON.stringify(rules)],
  )

  const whole = await readRulesPage(permitFor(ann, 'requests.read'))
  expect(whole).toMatchObject({ version: 3, hidden: 0, pending: [{ requestId: id }] })
  expect(whole.rules.rules).toHaveLength(4)
  const seen = await readRulesPage(onlyHers)
  expect(JSON.stringify(seen)).not.toContain(other)
  expect(seen).toMatchObject({ version: 3, hidden: 2, pending: [], history: [] })
  expect(seen.rules.rules.map(({ name }) => name)).toEqual(['everywhere', 'shared'])
})

it('a request that continues another tells of its changes elsewhere nothing, not even how they stand', async () => {
  const keys = [await addKey(aws.url), await addKey(aws.url)]
  const ask = async (continuesId: string | null) => {
    const changes = keys.flatMap(({ arn }) => asking('key-disable', arn, {}).changes)
    const { id } = await prepareRequest(permitFor(ann, 'requests.create'), {
      justification: 'x',
      continuesId,
      changes,
    })
    await sendRequest(permitFor(ann, 'requests.create'), { id })
    return id
  }
  const before = await ask(null)
  const [, abroad] = await changesOf(before)
  await transaction(async (tx) => {
    // a second account, without connecting one
    await tx.execute('SET LOCAL session_replication_role = replica')
    await tx.execute(
      `UPDATE "Change" SET "accountId" = '${other}', "status" = 'rejected' WHERE "id" = '${abroad?.id}'`,
    )
  })
  const after = await ask(before)
  const read = (permit: Permit<'requests.read'>) => getRequest(permit, after)
  expect((await read(permitFor(ann, 'requests.read'))).continues?.statuses).toEqual([
    'open',
    'rejected',
  ])
  expect((await read(onlyHers)).continues?.statuses).toEqual(['open'])
})
