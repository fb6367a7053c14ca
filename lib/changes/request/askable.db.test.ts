import { randomUUID } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import type { Scope } from '@/lib/auth/permissions'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import {
  findPolicyText,
  getDraftText,
  getEarlierChange,
  listAskedAccounts,
  listAskedAliases,
  listAskedKeys,
} from './askable'

const { db, sql } = await freshDatabase()

const [mine, theirs] = ['111111111111', '222222222222']
const [ann, bob] = [randomUUID(), randomUUID()]
const permit = (id: string, scope: Scope) => permitFor({ ...nobody, id }, 'requests.create', scope)
const everywhere = permit(ann, { all: true })
const onlyMine = permit(ann, { all: false, accountIds: [mine] })
const arnOf = (accountId: string) => `arn:aws:kms:eu-west-1:${accountId}:key/k`
const draftOf: Record<string, string> = {}

beforeAll(async () => {
  for (const id of [ann, bob])
    await sql.execute(
      `INSERT INTO "Person" (id, issuer, subject, email, name, groups) VALUES ($1, 'i', $2, '', 'x', '{}')`,
      [id, id],
    )
  await sql.execute(`INSERT INTO "PolicyDocument" (hash, text) VALUES ('h', 'the policy')`)
  for (const id of [mine, theirs]) {
    await sql.execute(
      `INSERT INTO "Account" (id, name, source, path, "onlyRegions", "writeRoleArn")
        VALUES ($1, $1, 'page', '{}', '{}', $2)`,
      [id, id === mine ? `arn:aws:iam::${id}:role/w` : null],
    )
    for (const [region, status] of [
      ['eu-west-1', 'ENABLED_BY_DEFAULT'],
      ['af-south-1', 'DISABLED'],
      ['eu-north-1', null],
    ])
      await sql.execute(
        `INSERT INTO "AccountRegion" ("accountId", region, "optStatus") VALUES ($1, $2, $3)`,
        [id, region, status],
      )
    const row = {
      arn: arnOf(id),
      accountId: id,
      region: 'eu-west-1',
      keyId: 'k',
      partition: 'aws',
      listedAt: new Date(),
      listedIn: 1,
      firstSeenAt: new Date(),
      missedListings: 0,
      slice: 0,
      readApart: [],
      problems: {},
      searchText: '',
      policyHash: 'h',
      policyAt: new Date(),
      rotation: 'off',
      aliases: [],
    }
    await sql.execute(
      `INSERT INTO "Key" SELECT * FROM jsonb_populate_record(null::"Key", $1::jsonb)`,
      [JSON.stringify(row)],
    )
    await sql.execute(
      `INSERT INTO "Alias" ("accountId", region, name, arn, "targetKeyId", "observedAt")
        VALUES ($1, 'eu-west-1', 'alias/app', 'a', 'k', now()),
        ($1, 'eu-west-1', 'alias/aws/s3', 'b', 'k', now())`,
      [id],
    )
    draftOf[id] = (
      await db.policyDraft.create({
        data: { keyArn: arnOf(id), accountId: id, authorId: bob, text: `draft of ${id}`, note: '' },
      })
    ).id
  }
})

test('keys, aliases, policies and drafts outside of the scope are as if they were not there', async () => {
  expect(
    (await listAskedKeys(everywhere, [arnOf(theirs), arnOf(mine), 'none'])).map(
      ({ arn, writable }) => [arn, writable],
    ),
  ).toEqual([
    [arnOf(theirs), false],
    [arnOf(mine), true],
  ])
  expect(
    (await listAskedKeys(onlyMine, [arnOf(theirs), arnOf(mine)])).map(({ arn }) => arn),
  ).toEqual([arnOf(mine)])
  expect(
    await listAskedAliases(onlyMine, { accountId: mine, region: 'eu-west-1', text: 'A' }),
  ).toEqual([{ name: 'alias/app', targetArn: arnOf(mine) }])
  expect(
    await listAskedAliases(onlyMine, { accountId: theirs, region: 'eu-west-1', text: '' }),
  ).toEqual([])
  expect(await findPolicyText(onlyMine, arnOf(mine))).toBe('the policy')
  expect(await findPolicyText(onlyMine, arnOf(theirs))).toBeNull()
  expect(await getDraftText(onlyMine, arnOf(mine), draftOf[mine] ?? '')).toBe(`draft of ${mine}`)
  for (const id of [draftOf[theirs] ?? '', 'no id'])
    await expect(getDraftText(onlyMine, arnOf(mine), id)).rejects.toMatchObject({
      code: 'not_found',
    })
})

test('accounts come with the Regions that are on, or of which nobody could say', async () => {
  expect(
    (await listAskedAccounts(onlyMine)).map(({ id, regions, writable }) => ({
      id,
      regions,
      writable,
    })),
  ).toEqual([{ id: mine, regions: ['eu-north-1', 'eu-west-1'], writable: true }])
  expect(await listAskedAccounts(everywhere)).toHaveLength(2)
})

test('another’s draft request is not gone on from; one’s own comes back whole', async () => {
  const make = async (requesterId: string, accountIds: readonly string[]) => {
    const { id } = await db.request.create({
      data: {
        title: accountIds.length > 1 ? 'Disable the key: 2 changes in 2 accounts' : 'Disable k',
        requesterId,
        requesterName: 'x',
        justification: 'why',
        createdAt: new Date(),
      },
    })
    const ids = accountIds.map(() => randomUUID())
    await db.change.createMany({
      data: accountIds.map((accountId, index) => ({
        id: ids[index],
        requestId: id,
        position: index + 1,
        kind: 'key-disable',
        accountId,
        region: 'eu-west-1',
        keyArn: arnOf(accountId),
        input: {},
        title: 'Disable k',
        risk: 'high',
        exclusive: true,
        baseline: {},
        baselineHash: 'b',
        baselineAt: new Date(),
        preflight: {},
      })),
    })
    return ids[0] ?? ''
  }
  const own = await make(ann, [mine, theirs])
  expect(await getEarlierChange(everywhere, own)).toMatchObject({
    sent: false,
    keyArns: [arnOf(mine), arnOf(theirs)],
    ownTitle: '',
    justification: 'why',
    replaceable: true,
  })
  await db.change.updateMany({
    where: { keyArn: arnOf(theirs), request: { requesterId: ann } },
    data: { input: { other: true } },
  })
  expect(await getEarlierChange(everywhere, own)).toMatchObject({
    keyArns: [arnOf(mine)],
    replaceable: false,
  }) // the form would lose the other
  await expect(getEarlierChange(everywhere, await make(bob, [mine]))).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(
    getEarlierChange(permit(ann, { all: false, accountIds: [theirs] }), own),
  ).rejects.toMatchObject({ code: 'not_found' })
  await expect(getEarlierChange(everywhere, "1' OR 1=1")).rejects.toMatchObject({
    code: 'not_found',
  })
})
