import { mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { addAccount } from '../accounts/add'
import { accountInput } from '../accounts/accounts-file'
import { discoverAccounts } from '../accounts/discover'
import { listAccounts } from '../accounts/read'
import { retractNoOrganization, stateNoOrganization } from '../accounts/state-no-organization'
import { permitFor } from '../auth/test/permit'
import { closeBudget } from '../aws/budget/local-budget'
import { freshDatabase } from '../db/test/database'
import { queueSweeps, type Wanted } from '../sweep/queue'
import { openSandbox } from '../sandbox/open'
import { startServer } from '../sandbox/server'
import { makeSweepLoop } from '../worker/sweeps'
import { explainAccess } from './explain'
import { listAccess } from './table'

const { sql } = await freshDatabase()
const [management, member] = ['111122223333', '444455556666']
const region = 'eu-west-1'
const sandbox = await openSandbox({ scenario: 'empty', externalId: 'claviger-test' })
const server = await startServer(sandbox, 0)
const endpoint = `http://127.0.0.1:${server.port}`
const ann = {
  id: '7f0c8a54-0000-4000-8000-000000000001',
  email: 'a@b.c',
  name: 'Ann',
  assigned: [],
}
const manage = permitFor(ann, 'accounts.manage')
const read = permitFor(ann, 'access.read')

Object.assign(process.env, {
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: region,
  CLAVIGER_EXTERNAL_ID: 'claviger-test',
  CLAVIGER_BUDGET_SHARE: '1',
})

const organization = sandbox.world.organization
if (!organization) throw new Error('the scenario has an organization')
const roleOf = (id: string) => `arn:aws:iam::${id}:role/ClavigerRead`
const hostArn = `arn:aws:iam::${management}:user/claviger-host`
const hostKey = [...sandbox.world.accessKeys.values()].find((key) => key.principalArn === hostArn)
Object.assign(process.env, {
  AWS_ACCESS_KEY_ID: hostKey?.accessKeyId,
  AWS_SECRET_ACCESS_KEY: hostKey?.secretAccessKey,
})
const readRole = sandbox.world.accounts.get(member)?.roles.get('ClavigerRead')
if (!readRole) throw new Error('the scenario has the read role')
const readPolicy = readRole.inlinePolicies.get('ClavigerRead') ?? ''

beforeEach(async () => {
  await sql.execute(
    `TRUNCATE "Account", "Key", "Sweep", "Coverage", "IamEntity", "Organization",
       "OrganizationNode", "OrganizationPolicy" CASCADE`,
  )
  delete process.env.CLAVIGER_ACCOUNTS_FILE
  sandbox.world.organization = organization
  for (const id of [management, member]) organization.parentOf.set(id, organization.rootId)
  readRole.inlinePolicies.set('ClavigerRead', readPolicy)
})
afterAll(async () => {
  await closeBudget()
  await server.close()
})

function useFile(ids: readonly string[]) {
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'claviger-file-')), 'accounts.json')
  const rows = ids.map((id) => ({ id, name: id, readRoleArn: roleOf(id), regions: [region] }))
  writeFileSync(file, JSON.stringify(rows))
  process.env.CLAVIGER_ACCOUNTS_FILE = file
}

async function makeKey(accountId: string): Promise<string> {
  const credentials = { accessKeyId: accountId, secretAccessKey: 'any' }
  const kms = new KMSClient({ region, endpoint, credentials })
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
  return KeyMetadata?.KeyId ?? ''
}

/** One round of sweeps, as the worker's schedule asks for them. */
async function sweep(accountId: string, more: readonly Wanted[] = []) {
  await queueSweeps([
    { accountId, region: '', kind: 'iam' },
    { accountId, region, kind: 'core' },
    ...more,
  ])
  const loop = makeSweepLoop('00000000-0000-4000-8000-000000000000')
  const stop = new AbortController()
  const isOpen = async () =>
    (
      await sql.query(
        `SELECT 1 FROM "Sweep" WHERE "status" IN ('queued', 'running')
       AND "kind" IN ('iam', 'core', 'grants', 'organization')`,
      )
    ).length > 0
  while (await isOpen()) {
    await loop.claim(stop.signal)
    await sleep(20)
  }
  stop.abort()
  await loop.settled()
}

const adminOf = (accountId: string) => `arn:aws:iam::${accountId}:user/admin`

async function canDecrypt(accountId: string, keyId: string) {
  const place = { accountId, region, keyId }
  const { rows, gaps, readAt } = await listAccess(read, place)
  const cell = rows.find(({ id }) => id === adminOf(accountId))?.cells.decrypt
  return { cell, gaps: gaps.join('\n'), readAt }
}

const why = async (accountId: string, keyId: string) =>
  (
    await explainAccess(
      read,
      { accountId, region, keyId },
      { principal: adminOf(accountId), action: 'kms:Decrypt' },
    )
  ).reasons
    .map(({ text }) => text)
    .join('\n')

const events = async () =>
  await sql.query<{ event: string; accountId: string }>(
    `SELECT "event", "accountId" FROM "AuditEntry" WHERE "event" LIKE '%rganization%' ORDER BY "seq"`,
  )

test('one account alone: access says yes after its first sweep', async () => {
  sandbox.world.organization = null
  // Without a role to assume, the console reads with its own credentials.
  const host = sandbox.world.accounts.get(management)?.users.get('claviger-host')
  host?.attachedPolicyArns.push('arn:aws:iam::aws:policy/AdministratorAccess')
  expect(await discoverAccounts()).toMatchObject({ source: 'self', found: 1 })
  const keyId = await makeKey(management)
  await sweep(management)
  expect(await canDecrypt(management, keyId)).toMatchObject({
    cell: 'yes',
    gaps: '',
    readAt: { organization: expect.any(String) },
  })
  host?.attachedPolicyArns.pop()
})

test('accounts of a file, of which none is in an organization: each is asked itself', async () => {
  sandbox.world.organization = null
  useFile([member])
  await discoverAccounts()
  const keyId = await makeKey(member)
  await sweep(member)
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'yes', gaps: '' })
})

test('accounts of a file that are in an organization: its policies decide', async () => {
  useFile([management, member])
  await discoverAccounts()
  const keyId = await makeKey(member)
  await sweep(member)
  const before = await canDecrypt(member, keyId)
  expect(before.cell).toBe('unknown')
  expect(before.gaps).toContain(`organization ${organization.id} have not been read`)
  await expect(stateNoOrganization(manage, { ids: [member] })).rejects.toMatchObject({
    code: 'conflict',
  })
  await sweep(management, [{ accountId: management, region: '', kind: 'organization' }])
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'yes', gaps: '' })
  const [row] = (await listAccounts(permitFor(ann))).filter(({ id }) => id === member)
  expect(row).toMatchObject({ organizationId: organization.id, source: 'file', state: 'ACTIVE' })
})

/** Allows the role what it has but to ask for its organization. */
function forbidToAsk() {
  readRole?.inlinePolicies.set(
    'ClavigerRead',
    readPolicy.replace('"organizations:DescribeOrganization",', ''),
  )
}

test('where AWS may not be asked, a person states it, and takes it back', async () => {
  organization.parentOf.delete(member)
  forbidToAsk()
  const input = { id: member, name: 'm', readRoleArn: roleOf(member), regions: [region] }
  await addAccount(manage, accountInput.parse(input))
  const keyId = await makeKey(member)
  await sweep(member)
  const unknown = await canDecrypt(member, keyId)
  expect(unknown.cell).toBe('unknown')
  const settled = /organizations:DescribeOrganization .* or state on the Accounts page/
  expect(unknown.gaps).toMatch(settled)
  expect(await why(member, keyId)).toMatch(settled)

  await stateNoOrganization(manage, { ids: [member] })
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'yes', gaps: '' })
  await retractNoOrganization(manage, member)
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'unknown' })
  expect(await events()).toEqual([
    { event: 'account.noOrganizationStated', accountId: member },
    { event: 'account.noOrganizationRetracted', accountId: member },
  ])
})

test('a statement never hides an SCP: found in an organization, it falls', async () => {
  organization.parentOf.delete(member)
  forbidToAsk()
  useFile([member])
  await discoverAccounts()
  const keyId = await makeKey(member)
  await stateNoOrganization(manage, { ids: [member] })
  await sweep(member)
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'yes' })

  const deny = { Effect: 'Deny', Action: 'kms:Decrypt', Resource: '*' }
  const content = JSON.stringify({ Version: '2012-10-17', Statement: [deny] })
  organization.policies.set('p-deny', {
    id: 'p-deny',
    name: 'no-decrypt',
    description: '',
    awsManaged: false,
    content,
    type: 'SERVICE_CONTROL_POLICY',
  })
  organization.parentOf.set(member, organization.rootId)
  organization.attachments.set(member, ['p-FullAWSAccess', 'p-RCPFullAWSAccess', 'p-deny'])
  useFile([management, member])
  await discoverAccounts()
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'unknown' })
  expect((await events()).at(-1)).toEqual({
    event: 'account.noOrganizationOverridden',
    accountId: member,
  })
  await sweep(management, [{ accountId: management, region: '', kind: 'organization' }])
  expect((await canDecrypt(member, keyId)).cell).not.toBe('yes')
  organization.attachments.set(member, ['p-FullAWSAccess', 'p-RCPFullAWSAccess'])
})

test('AWS’s earlier word does not stand when it refuses to answer now', async () => {
  organization.parentOf.delete(member)
  useFile([member])
  await discoverAccounts()
  const keyId = await makeKey(member)
  await sweep(member)
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'yes' })
  forbidToAsk()
  await sweep(member)
  expect(await canDecrypt(member, keyId)).toMatchObject({ cell: 'unknown' })
})
