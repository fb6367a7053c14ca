import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { permitFor } from '@/lib/auth/test/permit'
import { auditTable } from '@/lib/audit/audit-table'
import { parseTableState } from '@/lib/table/state'
import { readRequestAudit } from '@/lib/changes/read/request-audit'
import { giveRole, takeRole } from '@/lib/settings/roles-by-hand'
import { freshDatabase } from '../db/test/database'
import { exportChain, exportTable, toResponse } from './export'
import { getEntry, readAuditPage } from './page'

const { db, sql, url } = await freshDatabase()
const home = mkdtempSync(path.join(os.tmpdir(), 'claviger-events-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const nobody = { id: '', email: 'ann@example.com', name: 'Ann', assigned: [] }
const reading = permitFor(nobody, 'audit.read')

/** An entry as the versions wrote it that had the older names. */
const storeOld = (event: string) =>
  sql.query('SELECT audit_append($1::jsonb)', [
    JSON.stringify({
      event,
      actorId: null,
      actor: 'command line',
      requestId: 'r1',
      data: { role: 'viewer' },
    }),
  ])

/** Entries 1 and 2 are of an older version, 3 is another event, 4 and 5 are of this version. */
beforeAll(async () => {
  const person = await db.person.create({
    data: { issuer: 'https://id', subject: 'ann', email: nobody.email, name: nobody.name },
  })
  const ann = { ...nobody, id: person.id }
  await db.assignment.create({ data: { personId: person.id, role: 'admin' } })
  await storeOld('role.given')
  await storeOld('role.taken')
  await storeOld('person.signedIn')
  await giveRole(permitFor(ann), { personId: person.id, role: 'viewer', accountId: null })
  const given = await db.assignment.findFirstOrThrow({ where: { role: 'viewer' } })
  await takeRole(permitFor(ann), { assignmentId: given.id })
})

const stored = () =>
  sql.query<{ event: string }>('SELECT "event" FROM "AuditEntry" WHERE "seq" <= 5 ORDER BY "seq"')

describe('a log of both names of an event', () => {
  it('keeps what older versions stored, and stores the newest name', async () => {
    expect((await stored()).map(({ event }) => event)).toEqual([
      'role.given',
      'role.taken',
      'person.signedIn',
      'role.granted',
      'role.revoked',
    ])
  })

  it('is shown under the newest name, which the filter offers once', async () => {
    const { rows, options } = await readAuditPage(reading, {})
    expect(rows.map(({ seq, event }) => `${seq} ${event}`)).toEqual([
      '5 role.revoked',
      '4 role.granted',
      '3 person.signedIn',
      '2 role.revoked',
      '1 role.granted',
    ])
    expect(options.event.map(({ value }) => value)).toEqual([
      'person.signedIn',
      'role.granted',
      'role.revoked',
    ])
  })

  it.each<[string, string, number[]]>([
    ['the newest name', 'event.eq.role%2egranted', [4, 1]],
    ['the older name, as a saved view has it', 'event.eq.role%2egiven', [4, 1]],
    ['neither name', 'event.ne.role%2erevoked', [4, 3, 1]],
    ['a part of the newest name', 'event.has.revok', [5, 2]],
    ['a part of the older name', 'event.has.role%2etak', [2]],
    ['no part of the newest name', 'event.hasnt.granted', [5, 3, 2]],
    ['any text of it', '*.has.role%2egranted', [4, 1]],
  ])('is found by %s', async (_, filter, seqs) => {
    const { rows, problems } = await readAuditPage(reading, { filter })
    expect(problems).toEqual([])
    expect(rows.map(({ seq }) => seq)).toEqual(seqs)
  })

  it('says of one entry what it was recorded as', async () => {
    expect(await getEntry(reading, 1)).toMatchObject({
      event: 'role.granted',
      storedEvent: 'role.given',
    })
    expect(await getEntry(reading, 4)).toMatchObject({ event: 'role.granted', storedEvent: null })
  })

  it('is called by the newest name in the log of a request too', async () => {
    const lines = await readRequestAudit('r1', null)
    expect(lines.map(({ event }) => event)).toEqual([
      'role.granted',
      'role.revoked',
      'person.signedIn',
    ])
  })

  it('is sound to audit:verify, in the database and as an export', async () => {
    const text = await toResponse(await exportChain(permitFor(nobody, 'audit.export'))).text()
    expect(text).toContain(String.raw`\"event\": \"role.given\"`)
    expect(text).toContain(String.raw`\"event\": \"role.granted\"`)
    const file = path.join(home, 'log.jsonl')
    writeFileSync(file, text)
    for (const args of [[], ['--file', file]]) {
      const { status, stdout, stderr } = verify(...args)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain('6 entries')
    }
  })

  it('is exported as a table under the newest names', async () => {
    const { state } = parseTableState(auditTable, { filter: 'event.eq.role%2erevoked' })
    const table = await exportTable(permitFor(nobody, 'audit.export'), state)
    const lines = (await toResponse(table).text()).split('\r\n')
    expect(lines.filter((line) => /^[25],[^,]*,role\.revoked,/u.test(line))).toHaveLength(2)
  })
})

function verify(...args: string[]) {
  return spawnSync(
    process.execPath,
    ['--import', 'tsx', '--conditions=react-server', 'lib/audit/cli.ts', ...args],
    {
      encoding: 'utf8',
      env: { ...process.env, DATABASE_URL: url, CLAVIGER_DATA_DIR: home, VITEST: '' },
    },
  )
}
