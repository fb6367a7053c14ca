import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { exportAccess } from '@/lib/access/export-access'
import { evaluateAllMarked } from '@/lib/access/evaluate-keys'
import { exportExternal } from '@/lib/access/export-external'
import { externalSource } from '@/lib/access/external-source'
import { readTable } from '@/lib/table-source/source'
import { reviewExternal } from '@/lib/access/review-external'
import { addAccount } from '@/lib/accounts/add'
import { changeAccount } from '@/lib/accounts/change'
import { grantAdmin, revokeAdmin } from '@/lib/auth/admin-by-hand'
import { permitFor } from '@/lib/auth/test/permit'
import { recordSignIn } from '@/lib/auth/sign-in'
import { createDraft, deleteDraft } from '@/lib/drafts/save'
import { exportGrants } from '@/lib/grants/export'
import { grantsSource } from '@/lib/grants/grants-source'
import { refreshAccounts } from '@/lib/inventory/refresh'
import { exportKeys } from '@/lib/inventory/table/export-keys'
import { endOwnSessions, endSessions, setDisabled } from '@/lib/settings/access'
import { addMapping, removeMapping } from '@/lib/settings/group-mappings'
import { noticeEvents } from '@/lib/notify/events'
import { sendTestMessage } from '@/lib/settings/deliveries'
import { saveNotificationChoices } from '@/lib/settings/notifications'
import { setOwnerTag } from '@/lib/settings/owner-tag'
import { addIdentityLink } from '@/lib/settings/linked-identities'
import { giveRole, takeRole } from '@/lib/settings/roles-by-hand'
import { addDelegate } from '@/lib/settings/delegates'
import { auditTable } from '@/lib/audit/audit-table'
import { externalTable } from '@/lib/access/external-table'
import { grantsTable } from '@/lib/grants/grants-table'
import { keysTable } from '@/lib/inventory/table/keys-table'
import { defaultState } from '@/lib/table/state'
import { freshDatabase } from '../db/test/database'
import { isUnaudited, unauditedWords } from './append'
import { exportChain, exportTable } from './export'
import { readAuditPage } from './page'

const { db, sql } = await freshDatabase()
const ann = {
  id: '00000000-0000-4000-8000-000000000001',
  email: 'ann@example.com',
  name: 'Ann',
  assigned: [],
}
const [account, person, carrier] = [
  '111122223333',
  '00000000-0000-4000-8000-000000000002',
  'arn:aws:iam::881264037715:role/carrier',
]
const arn = `arn:aws:kms:eu-west-1:${account}:key/k1`
const place = { accountId: account, region: 'eu-west-1', keyId: 'k1' }
const identity = (subject: string) => ({
  issuer: 'https://id.example',
  subject,
  email: `${subject}@example.com`,
  emailVerified: true,
  name: subject,
  groups: ['g'],
  personClaim: null,
})
const ids = { mapping: '', role: '', draft: '', basis: '' }

beforeAll(async () => {
  for (const [id, name] of [
    [ann.id, 'ann'],
    [person, 'bob'],
  ] as const)
    await db.person.create({ data: { id, ...identity(name) } })
  await db.assignment.create({ data: { personId: ann.id, role: 'admin' } })
  ids.role = (await db.assignment.create({ data: { personId: person, role: 'viewer' } })).id
  ids.mapping = (await db.groupMapping.create({ data: { group: 'g', role: 'viewer' } })).id
  await addAccount(permitFor(ann), {
    id: account,
    name: 'own',
    readRoleArn: `arn:aws:iam::${account}:role/ClavigerRead`,
    writeRoleArn: null,
    regions: ['eu-west-1'],
  })
  const text = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: carrier }, Action: 'kms:Decrypt', Resource: '*' },
    ],
  })
  await db.policyDocument.create({ data: { hash: 'h1', text } })
  await db.key.create({
    data: {
      ...place,
      arn,
      listedAt: new Date(),
      listedIn: 1n,
      keyUsage: 'ENCRYPT_DECRYPT',
      keySpec: 'SYMMETRIC_DEFAULT',
      keyManager: 'CUSTOMER',
      aliases: [],
      policyHash: 'h1',
      policyAt: new Date(),
      grantsAt: new Date(),
    },
  })
  ids.draft = (await createDraft(permitFor(ann), { arn, text, note: '', baseHash: null })).id
  await evaluateAllMarked()
  ids.basis =
    (await readTable(externalSource, permitFor(ann), {})).rows.find(
      (row) => row.principal === carrier,
    )?.basis ?? ''
  await sql.execute(
    `CREATE FUNCTION break_audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION
      'disk full' USING ERRCODE = 'disk_full'; END $$`,
  )
  await sql.execute(
    'CREATE TRIGGER break_audit BEFORE INSERT ON "AuditEntry" FOR EACH ROW EXECUTE FUNCTION break_audit()',
  )
})

/** Everything the database holds, as one text for each table. */
async function digest(): Promise<Record<string, string>> {
  const tables = await sql.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  )
  const digests = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await sql.query<{ md5: string }>(
        `SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), 'empty') AS md5 FROM "${name}" t`,
      )
      return [name, row?.md5 ?? ''] as const
    }),
  )
  return Object.fromEntries(digests)
}

const roads: Readonly<Record<string, () => Promise<unknown>>> = {
  'a sign-in': () => recordSignIn(identity('newcomer')),
  'the sign-in of someone known': () => recordSignIn(identity('bob')),
  'export of keys': () => exportKeys(permitFor(ann), defaultState(keysTable), 'csv'),
  'export of grants': () => exportGrants(permitFor(ann), defaultState(grantsTable), 'json'),
  'export of external access': () =>
    exportExternal(permitFor(ann), defaultState(externalTable), 'csv'),
  'export of who can use a key': () => exportAccess(permitFor(ann), place),
  'export of the audit log': () => exportChain(permitFor(ann)),
  'export of a part of the audit log': () => exportTable(permitFor(ann), defaultState(auditTable)),
  'a role given': () =>
    giveRole(permitFor(ann), { personId: person, role: 'requester', accountId: null }),
  'a role taken': () => takeRole(permitFor(ann), { assignmentId: ids.role }),
  'a mapping added': () =>
    addMapping(permitFor(ann), { group: 'h', role: 'viewer', accountId: null }),
  'a mapping removed': () => removeMapping(permitFor(ann), { mappingId: ids.mapping }),
  'access turned off': () => setDisabled(permitFor(ann), { personId: person, disabled: true }),
  'sessions ended': () => endSessions(permitFor(ann), { personId: person }),
  'own sessions ended': () => endOwnSessions(permitFor(ann)),
  'the owner tag': () => setOwnerTag(permitFor(ann), { tag: 'team' }),
  'two identities linked': () =>
    addIdentityLink(permitFor(ann), { aId: ann.id, bId: person, reason: 'one person' }),
  'a delegate named': () =>
    addDelegate(permitFor(ann), {
      awayId: ann.id,
      delegateId: person,
      startsAt: new Date().toISOString(),
      endsAt: new Date(Date.now() + 86_400_000).toISOString(),
      reason: 'away',
    }),
  'who is told what': () =>
    saveNotificationChoices(permitFor(ann), {
      version: 0,
      choices: Object.fromEntries(
        noticeEvents.map((event) => [event, { bell: false, email: 'never' }]),
      ),
    }),
  'a test message': () => sendTestMessage(permitFor(ann), { webhook: null }),
  'an administrator by the command line': () => grantAdmin('bob@example.com'),
  'an administrator no more by the command line': () => revokeAdmin('ann@example.com'),
  'an account connected': () =>
    addAccount(permitFor(ann), {
      id: '444455556666',
      name: 'other',
      readRoleArn: null,
      writeRoleArn: null,
      regions: [],
    }),
  'an account paused': () =>
    changeAccount(
      permitFor(ann),
      account,
      'account.paused',
      '"pausedAt" = now()',
      '"pausedAt" IS NULL',
      'x',
    ),
  'accounts read again': () => refreshAccounts(permitFor(ann), null),
  'a draft': () => createDraft(permitFor(ann), { arn, text: '{}', note: '', baseHash: null }),
  'a draft deleted': () => deleteDraft(permitFor(ann), { arn, id: ids.draft }),
  'external access accepted': () =>
    reviewExternal(permitFor(ann), {
      keyArn: arn,
      principal: carrier,
      basis: ids.basis,
      decision: 'accepted',
      reason: 'x',
      until: new Date(Date.now() + 86_400_000 * 9).toISOString().slice(0, 10),
    }),
}

describe('with the audit log unwritable', () => {
  it.each(Object.entries(roads))(
    '%s is refused with the reason, and nothing of it stays',
    async (_, road) => {
      const before = await digest()
      const error: unknown = await road().then(
        () => 'it went through',
        (thrown: unknown) => thrown,
      )
      expect(isUnaudited(error)).toBe(true)
      expect(error).toMatchObject({
        message: expect.stringContaining(unauditedWords),
        details: { ref: expect.stringMatching(/^[0-9a-f-]{36}$/u) },
      })
      expect(String(error)).not.toContain('disk full')
      expect(await digest()).toEqual(before)
    },
  )

  it('all other reading goes on', async () => {
    expect((await readAuditPage(permitFor(ann), {})).rows.length).toBeGreaterThan(0)
    expect((await readTable(grantsSource, permitFor(ann), {})).rows).toEqual([])
    expect((await readTable(externalSource, permitFor(ann), {})).rows.length).toBeGreaterThan(0)
  })
})

it('an entry is only ever appended inside a transaction', () => {
  const lib = path.resolve(import.meta.dirname, '..')
  const files = readdirSync(lib, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/test|generated|audit\/append/u.test(file),
  )
  const calls = files.flatMap((file) =>
    [...readFileSync(path.join(lib, file), 'utf8').matchAll(/appendAudit\(\s*[^,]*/gu)].map(
      ([call]) => `${file}: ${call.replace(/\s+/gu, '')}`,
    ),
  )
  expect(calls.length).toBeGreaterThan(15)
  expect(calls.filter((call) => !/appendAudit\(tx\b/u.test(call))).toEqual([])
})
