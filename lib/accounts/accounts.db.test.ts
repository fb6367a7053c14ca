import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { closeBudget } from '../aws/budget/local-budget'
import type { Scope } from '../auth/permissions'
import { permitFor } from '../auth/test/permit'
import { freshDatabase } from '../db/test/database'
import { openSandbox } from '../sandbox/open'
import { startServer } from '../sandbox/server'
import { accountInput } from './accounts-file'
import { addAccount } from './add'
import { discoverAccounts } from './discover'
import { pauseAccount } from './pause'
import { getAccountCoverage, listAccounts, listRunningSweeps } from './read'
import { removeAccount } from './remove'
import { resumeAccount } from './resume'
import { testConnection } from './test-connection'

const { sql } = await freshDatabase()
const [management, member] = ['111122223333', '444455556666']
const sandbox = await openSandbox({ scenario: 'empty' })
const server = await startServer(sandbox, 0)
const person = {
  id: '7f0c8a54-0000-4000-8000-000000000001',
  email: 'ann@example.com',
  name: 'Ann',
  assigned: [],
}
const manage = permitFor(person, 'accounts.manage')
const stored = async () =>
  await sql.query<{
    id: string
    source: string
    name: string
    pausedAt: Date | null
    removedAt: Date | null
    readRoleArn: string | null
  }>(`SELECT * FROM "Account" ORDER BY "id"`)

function actAs(arn: string) {
  const key = [...sandbox.world.accessKeys.values()].find((one) => one.principalArn === arn)
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: key?.accessKeyId ?? arn,
    AWS_SECRET_ACCESS_KEY: key?.secretAccessKey ?? 'any',
  })
}

Object.assign(process.env, {
  AWS_ENDPOINT_URL: `http://127.0.0.1:${server.port}`,
  AWS_REGION: 'us-east-1',
  CLAVIGER_EXTERNAL_ID: 'claviger-test',
  CLAVIGER_BUDGET_SHARE: '1',
})
actAs(`arn:aws:iam::${management}:user/claviger-host`)
beforeEach(async () => {
  await sql.execute(`TRUNCATE "Account" CASCADE`)
  delete process.env.CLAVIGER_ACCOUNTS_FILE
})
afterAll(async () => {
  await closeBudget()
  await server.close()
})

describe('where accounts come from', () => {
  test('the organization, with the read role of each; what a person paused or removed stays so', async () => {
    expect(await discoverAccounts()).toMatchObject({ source: 'organization', found: 2 })
    expect((await stored()).map((one) => one.readRoleArn)).toEqual(
      [management, member].map((id) => `arn:aws:iam::${id}:role/ClavigerRead`),
    )
    await pauseAccount(manage, member)
    await removeAccount(manage, management)
    await discoverAccounts()
    expect((await stored()).map((one) => [one.removedAt !== null, one.pausedAt !== null])).toEqual([
      [true, false],
      [false, true],
    ])
  })

  test('a file, which also says what is no more', async () => {
    const file = path.join(
      mkdtempSync(path.join(os.tmpdir(), 'claviger-accounts-')),
      'accounts.json',
    )
    process.env.CLAVIGER_ACCOUNTS_FILE = file
    writeFileSync(
      file,
      JSON.stringify([
        { id: member, name: 'one' },
        { id: management, name: 'two' },
      ]),
    )
    await discoverAccounts()
    writeFileSync(file, JSON.stringify([{ id: member, name: 'renamed' }]))
    await discoverAccounts()
    expect(
      (await stored()).map(({ id, name, removedAt }) => [id, name, removedAt !== null]),
    ).toEqual([
      [management, 'two', true],
      [member, 'renamed', false],
    ])
    // Pages count on it being a list, whatever the account comes from.
    expect((await listAccounts(permitFor(person))).map(({ path: units }) => units)).toEqual([
      [],
      [],
    ])
    writeFileSync(file, '[{')
    await expect(discoverAccounts()).rejects.toThrow(/accounts\.json is no JSON/)
  })

  test('an account of the page keeps its roles when the organization names it; one of the file stays', async () => {
    const input = accountInput.parse({
      id: member,
      name: 'mine',
      readRoleArn: `arn:aws:iam::${member}:role/Own`,
    })
    await addAccount(manage, input)
    await discoverAccounts()
    expect((await stored()).find((one) => one.id === member)).toMatchObject({
      name: 'mine',
      source: 'page',
      readRoleArn: `arn:aws:iam::${member}:role/Own`,
    })
    await sql.execute(`UPDATE "Account" SET "source" = 'file' WHERE "id" = $1`, [member])
    await expect(addAccount(manage, input)).rejects.toMatchObject({ code: 'conflict' })
  })
})

test('a role of a file or of the page is kept, and what the organization says of it added', async () => {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'claviger-accounts-')), 'a.json')
  process.env.CLAVIGER_ACCOUNTS_FILE = file
  const readRoleArn = `arn:aws:iam::${member}:role/Own`
  writeFileSync(file, JSON.stringify([{ id: member, name: 'one', readRoleArn }]))
  expect(await discoverAccounts()).toEqual({ source: 'file', found: 1, problem: null })
  const [account] = await listAccounts(permitFor(person))
  expect(account).toMatchObject({ readRoleArn, state: 'ACTIVE', organizationId: 'o-plain00001' })
})

describe('testing a connection', () => {
  test('through the read role, and the answer is compared and kept', async () => {
    await discoverAccounts()
    expect(await testConnection(manage, member)).toMatchObject({
      ok: true,
      accountId: member,
      problem: null,
      arn: expect.stringContaining('assumed-role/ClavigerRead/claviger-read'),
    })
    const [account] = await listAccounts(
      permitFor(person, 'accounts.read', { all: false, accountIds: [member] }),
    )
    expect(account?.lastTest).toMatchObject({ ok: true })
  })

  test('credentials of another account are said to be, and so is a role that is not there', async () => {
    await sql.execute(
      `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "readRoleArn")
        VALUES ($1, 'a', 'page', '{}', '{}', NULL),
        ($2, 'b', 'page', '{}', '{}', 'arn:aws:iam::444455556666:role/Nobody')`,
      ['999988887777', member],
    )
    expect(await testConnection(manage, '999988887777')).toMatchObject({
      ok: false,
      accountId: management,
      problem: expect.stringContaining('999988887777'),
    })
    expect(await testConnection(manage, member)).toMatchObject({
      ok: false,
      problem: expect.stringContaining('sts:AssumeRole'),
    })
  })

  test('a role ARN of another account than registered is refused, on the way in and at the test', async () => {
    const wrong = `arn:aws:iam::${management}:role/ClavigerRead`
    expect(accountInput.safeParse({ id: member, name: 'x', readRoleArn: wrong }).success).toBe(
      false,
    )
    await sql.execute(
      `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "readRoleArn")
        VALUES ($1, 'x', 'page', '{}', '{}', $2)`,
      [member, wrong],
    )
    expect(await testConnection(manage, member)).toMatchObject({ ok: false, accountId: null })
  })
})

test('every change of an account has its audit entry, and a second time is a conflict', async () => {
  await discoverAccounts()
  const [before] = await sql.query<{ count: number }>(
    `SELECT count(*) AS "count" FROM "AuditEntry"`,
  )
  await pauseAccount(manage, member)
  await expect(pauseAccount(manage, member)).rejects.toMatchObject({ code: 'conflict' })
  await resumeAccount(manage, member)
  await sql.execute(
    `INSERT INTO "Key" ("arn", "accountId", "region", "keyId", "listedAt", "listedIn")
      VALUES ('arn:of:a:key', $1, 'eu-west-1', 'k', now(), 1)`,
    [member],
  )
  await removeAccount(manage, member)
  expect(
    await sql.query(`SELECT 1 FROM "Key" WHERE "accountId" = $1 AND "goneAt" IS NULL`, [member]),
    'no key of a removed account is shown',
  ).toEqual([])
  await expect(removeAccount(manage, '000000000000')).rejects.toMatchObject({ code: 'not_found' })
  const entries = await sql.query<{ event: string }>(
    `SELECT "event" FROM "AuditEntry" ORDER BY "seq" OFFSET $1`,
    [before?.count ?? 0],
  )
  expect(entries.map((entry) => entry.event)).toEqual([
    'account.paused',
    'account.resumed',
    'account.removed',
  ])
})

test('a person with one account sees that one, and of the others not even that they are there', async () => {
  await discoverAccounts()
  const scoped = permitFor(person, 'accounts.read', { all: false, accountIds: [member] })
  expect((await listAccounts(scoped)).map((account) => account.id)).toEqual([member])
  await expect(getAccountCoverage(scoped, management)).rejects.toMatchObject({ code: 'not_found' })
  await expect(getAccountCoverage(scoped, member)).resolves.toEqual({
    sweeps: [],
    gaps: [],
    read: [],
  })
})

test('of what is being read a person sees their accounts, and how many of theirs wait', async () => {
  await discoverAccounts()
  await sql.execute(
    `INSERT INTO "Sweep" ("accountId", "region", "kind", "status", "startedAt")
     SELECT a, '', k, s, now() FROM unnest($1::text[]) a,
       (VALUES ('iam', 'running'), ('regions', 'queued'), ('quotas', 'complete')) k(k, s)`,
    [[management, member]],
  )
  const shown = async (scope: Scope) => {
    const { running, waiting } = await listRunningSweeps(permitFor(person, 'accounts.read', scope))
    return [running.map(({ accountId, kind }) => [accountId, kind]), waiting]
  }
  expect(await shown({ all: true })).toEqual([
    [
      [management, 'iam'],
      [member, 'iam'],
    ],
    2,
  ])
  expect(await shown({ all: false, accountIds: [member] })).toEqual([[[member, 'iam']], 1])
  await sql.execute('TRUNCATE "Sweep"')
})
