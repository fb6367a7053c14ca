import { expect, it } from 'vitest'
import { addAccount } from '@/lib/accounts/add'
import { permitFor } from '@/lib/auth/test/permit'
import { recordSignIn } from '@/lib/auth/sign-in'
import { giveRole } from '@/lib/settings/roles-by-hand'
import { setOwnerTag } from '@/lib/settings/owner-tag'
import { freshDatabase } from '../db/test/database'

const { db, sql } = await freshDatabase()

it('one person has one name in the log, whatever they did, and it says whose address it was', async () => {
  const signedIn = await recordSignIn({
    issuer: 'https://id.example',
    subject: 's',
    email: 'ann@example.com',
    emailVerified: true,
    name: 'Ann Aas',
    groups: [],
    personClaim: null,
  })
  if (!signedIn) throw new Error('refused')
  const actor = { id: signedIn.personId, email: 'ann@example.com', name: 'Ann Aas', assigned: [] }
  await db.assignment.create({ data: { personId: actor.id, role: 'admin' } })
  await giveRole(permitFor(actor), { personId: actor.id, role: 'viewer', accountId: null })
  await setOwnerTag(permitFor(actor), { tag: 'team' })
  await addAccount(permitFor(actor), {
    id: '111122223333',
    name: 'own',
    regions: ['eu-west-1'],
    readRoleArn: 'arn:aws:iam::111122223333:role/ClavigerRead',
    writeRoleArn: null,
  })
  const entries = await sql.query(
    'SELECT "event", "actor", "actorId" FROM "AuditEntry" ORDER BY "seq"',
  )
  expect(entries).toEqual(
    ['person.signedIn', 'role.granted', 'setting.changed', 'account.added'].map((event) => ({
      event,
      actor: 'Ann Aas',
      actorId: actor.id,
    })),
  )
  const [first] = await sql.query(
    'SELECT "body"::jsonb -> \'data\' ->> \'email\' AS "email" FROM "AuditEntry" WHERE "seq" = 1',
  )
  expect(first).toEqual({ email: 'ann@example.com' })
})
