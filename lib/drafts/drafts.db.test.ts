import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { Permission, Scope } from '@/lib/auth/permissions'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { freshDatabase } from '@/lib/db/test/database'
import { analyzeDraftImpact } from './draft-impact'
import { searchPrincipals } from './principals'
import { getDraft, listDrafts } from './read'
import { changeDraft, createDraft, deleteDraft } from './save'
import { compareVersions } from './versions'

const { db, sql } = await freshDatabase()

const [mine, theirs] = ['111111111111', '222222222222']
const ann = '00000000-0000-4000-8000-00000000000a'
const bob = '00000000-0000-4000-8000-00000000000b'
const permit = <P extends Permission>(id: string, scope?: Scope) =>
  permitFor<P>({ ...nobody, id, name: id === ann ? 'Ann' : 'Bob' }, undefined, scope)
const only = (accountId: string): Scope => ({ all: false, accountIds: [accountId] })
const place = { accountId: mine, region: 'eu-west-1', keyId: 'k1' }
const arn = `arn:aws:kms:eu-west-1:${mine}:key/k1`
const rootOnly = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${mine}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
  ],
})
const withBob = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${mine}:root` },
      Action: 'kms:*',
      Resource: '*',
    },
    {
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${mine}:role/app` },
      Action: 'kms:Decrypt',
      Resource: '*',
    },
  ],
})

beforeAll(async () => {
  for (const id of [ann, bob])
    await sql.execute(
      `INSERT INTO "Person" (id, issuer, subject, email, name, groups) VALUES ($1, 'i', $3, '', $2, '{}')`,
      [id, id === ann ? 'Ann' : 'Bob', id],
    )
  for (const id of [mine, theirs]) {
    await sql.execute(
      `INSERT INTO "Account" (id, name, source, path, "onlyRegions", "writeRoleArn")
        VALUES ($1, $2, 'page', '{}', '{}', $3)`,
      [id, `account ${id}`, `arn:aws:iam::${id}:role/ClavigerWrite`],
    )
    for (const name of ['app', 'ClavigerWrite']) {
      const details = {
        inlinePolicies: [],
        attachedPolicyArns: [],
        permissionsBoundaryArn: null,
        tags: {},
        trustPolicy: null,
      }
      await sql.execute(
        `INSERT INTO "IamEntity" (arn, "accountId", kind, name, path, "uniqueId", details,
          "observedAt") VALUES ($1, $2, 'role', $3, '/', $1, $4, now())`,
        [`arn:aws:iam::${id}:role/${name}`, id, name, details],
      )
    }
  }
  for (const [hash, text] of [
    ['h1', rootOnly],
    ['h2', withBob],
  ])
    await sql.execute(`INSERT INTO "PolicyDocument" (hash, text) VALUES ($1, $2)`, [hash, text])
  for (const [accountId, keyId] of [
    [mine, 'k1'],
    [mine, 'k2'],
    [theirs, 'k3'],
  ]) {
    const row = {
      arn: `arn:aws:kms:eu-west-1:${accountId}:key/${keyId}`,
      accountId,
      region: 'eu-west-1',
      keyId,
      partition: 'aws',
      listedAt: new Date(),
      listedIn: 1,
      firstSeenAt: new Date(),
      missedListings: 0,
      slice: 0,
      readApart: [],
      problems: {},
      searchText: '',
      usageTrackedSince: new Date(),
      policyHash: 'h1',
      policyAt: new Date(),
      grantsAt: new Date(),
      keyUsage: 'ENCRYPT_DECRYPT',
      rotation: 'off',
    }
    await sql.execute(
      `INSERT INTO "Key" SELECT * FROM jsonb_populate_record(null::"Key", $1::jsonb)`,
      [JSON.stringify(row)],
    )
    for (const hash of ['h1', 'h2'])
      await sql.execute(
        `INSERT INTO "PolicyVersion" ("keyArn", hash, "firstSeenAt", "lastSeenAt") VALUES ($1, $2, now(), now())`,
        [row.arn, hash],
      )
  }
})
beforeEach(async () => {
  await sql.execute('DELETE FROM "PolicyDraft"')
  await sql.execute(`UPDATE "Key" SET "policyHash" = 'h1'`)
})

const begin = (who = ann, more: Partial<Parameters<typeof createDraft>[1]> = {}) =>
  createDraft(permit(who), { arn, text: rootOnly, note: 'mine', baseHash: 'h1', ...more })
const events = async (id: string) =>
  (
    await sql.query<{ event: string }>(
      `SELECT "event" FROM "AuditEntry" WHERE "body"::jsonb->'data'->>'draftId' = $1 ORDER BY "seq"`,
      [id],
    )
  ).map(({ event }) => event)

test('a draft is kept, listed, changed and deleted, each with an entry in the audit log', async () => {
  const { id, updatedAt } = await begin()
  expect(await listDrafts(permit(bob), place)).toMatchObject([
    { id, author: 'Ann', mine: false, note: 'mine', baseChanged: false },
  ])
  const saved = await changeDraft(permit(ann), {
    arn,
    id,
    seenAt: updatedAt,
    text: withBob,
    note: 'with app',
  })
  expect(await getDraft(permit(ann), place, id)).toMatchObject({
    text: withBob,
    note: 'with app',
    mine: true,
    updatedAt: saved.updatedAt,
  })
  expect(await events(id), 'saves of the same minute are one entry').toEqual(['draft.created'])
  await sql.execute(`UPDATE "PolicyDraft" SET "auditedAt" = now() - interval '2 minutes'`)
  const again = await changeDraft(permit(ann), {
    arn,
    id,
    seenAt: saved.updatedAt,
    text: rootOnly,
    note: '',
  })
  expect(Date.parse(again.updatedAt)).toBeGreaterThan(Date.parse(saved.updatedAt))
  await deleteDraft(permit(ann), { arn, id })
  expect(await events(id)).toEqual(['draft.created', 'draft.saved', 'draft.deleted'])
  await expect(getDraft(permit(ann), place, id)).rejects.toMatchObject({ code: 'not_found' })
})

test('nobody changes or deletes the draft of another', async () => {
  const { id, updatedAt } = await begin()
  await expect(
    changeDraft(permit(bob), { arn, id, seenAt: updatedAt, text: 'x', note: '' }),
  ).rejects.toMatchObject({ code: 'forbidden' })
  await expect(deleteDraft(permit(bob), { arn, id })).rejects.toMatchObject({ code: 'forbidden' })
  expect(await getDraft(permit(bob), place, id)).toMatchObject({ text: rootOnly })
  expect(await events(id)).toEqual(['draft.created'])
})

test('outside of the person’s accounts there is no key, no draft and no principal', async () => {
  const { id, updatedAt } = await begin()
  const outside = only(theirs)
  await expect(begin(ann, {})).resolves.toBeDefined()
  await expect(
    createDraft(permit(ann, outside), { arn, text: '', note: '', baseHash: null }),
  ).rejects.toMatchObject({ code: 'not_found' })
  await expect(
    changeDraft(permit(ann, outside), { arn, id, seenAt: updatedAt, text: 'x', note: '' }),
  ).rejects.toMatchObject({ code: 'not_found' })
  await expect(deleteDraft(permit(ann, outside), { arn, id })).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(listDrafts(permit(ann, outside), place)).rejects.toMatchObject({ code: 'not_found' })
  await expect(getDraft(permit(ann, outside), place, id)).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(analyzeDraftImpact(permit(ann, outside), place, id)).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(compareVersions(permit(ann, outside), place, '1', '2')).rejects.toMatchObject({
    code: 'not_found',
  })
  expect(
    (await searchPrincipals(permit(ann, outside), theirs, 'role/app')).map(
      ({ arn: found }) => found,
    ),
  ).toEqual([`arn:aws:iam::${theirs}:role/app`])
  expect(await searchPrincipals(permit(ann, outside), theirs, mine)).toEqual([])
  await expect(searchPrincipals(permit(ann, outside), mine, '')).rejects.toMatchObject({
    code: 'not_found',
  })
})

test('a draft belongs to its key: the address of another does not open it', async () => {
  const { id, updatedAt } = await begin()
  const other = `arn:aws:kms:eu-west-1:${mine}:key/k2`
  await expect(getDraft(permit(ann), { ...place, keyId: 'k2' }, id)).rejects.toMatchObject({
    code: 'not_found',
  })
  await expect(
    changeDraft(permit(ann), { arn: other, id, seenAt: updatedAt, text: 'x', note: '' }),
  ).rejects.toMatchObject({ code: 'not_found' })
  expect(await listDrafts(permit(ann), { ...place, keyId: 'k2' })).toEqual([])
})

test('a save made from an older one is refused, and nothing is lost', async () => {
  const { id, updatedAt } = await begin()
  const both = await Promise.allSettled(
    ['one', 'two'].map((text) =>
      changeDraft(permit(ann), { arn, id, seenAt: updatedAt, text, note: '' }),
    ),
  )
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: { code: 'conflict' },
  })
})

test('a changed policy is said until the author goes on from it; a base is only what the key had', async () => {
  const { id, updatedAt } = await begin()
  await sql.execute(`UPDATE "Key" SET "policyHash" = 'h2' WHERE arn = $1`, [arn])
  expect(await getDraft(permit(ann), place, id)).toMatchObject({
    baseHash: 'h1',
    baseChanged: true,
  })
  await expect(
    changeDraft(permit(ann), {
      arn,
      id,
      seenAt: updatedAt,
      text: '',
      note: '',
      baseHash: 'made up',
    }),
  ).rejects.toMatchObject({ code: 'invalid' })
  await changeDraft(permit(ann), {
    arn,
    id,
    seenAt: updatedAt,
    text: rootOnly,
    note: '',
    baseHash: 'h2',
  })
  expect(await getDraft(permit(ann), place, id)).toMatchObject({
    baseHash: 'h2',
    baseChanged: false,
  })
  await expect(begin(ann, { baseHash: 'made up' })).rejects.toMatchObject({ code: 'invalid' })
  expect(await db.policyDraft.count()).toBe(1)
})

test('the impact is of what is stored: who gains, and who could change it again', async () => {
  const { id } = await begin(ann, { text: withBob })
  const seen = await analyzeDraftImpact(permit(bob), place, id)
  expect(seen.accessImpact?.principals).toMatchObject([
    { id: `arn:aws:iam::${mine}:role/app`, changes: [{ id: 'decrypt', direction: 'gained' }] },
  ])
  // No organization was read, so what its policies forbid is not known.
  expect(seen.gaps.join()).toMatch(/organization/)
  const [older, newer] = await sql.query<{ id: number }>(
    `SELECT id FROM "PolicyVersion" WHERE "keyArn" = $1 ORDER BY id`,
    [arn],
  )
  const compared = await compareVersions(permit(bob), place, String(older?.id), String(newer?.id))
  expect(compared).toMatchObject({
    from: { text: rootOnly },
    to: { text: withBob },
    accessImpact: { principals: [{ id: `arn:aws:iam::${mine}:role/app` }] },
  })
})
