import { beforeAll, expect, it, vi } from 'vitest'
import type { Assigned, Permission } from '../auth/permissions'
import { freshDatabase } from '../db/test/database'

const ann = { id: '00000000-0000-4000-8000-000000000001', email: 'ann@example.com', name: 'Ann' }
const assigned: Assigned[] = [{ role: 'viewer', accountId: null }]

// The door's own host (CLAVIGER_URL's default), and no other header.
const headers = { get: (name: string) => (name === 'host' ? 'localhost:3000' : null) }
vi.mock('next/headers', () => ({ headers: async () => headers }))
vi.mock('../auth/session', () => ({ readActor: async () => ({ ...ann, assigned }) }))
// Every role there is holds grants.read and access.read too; here the
// viewer loses all but keys.read.
vi.mock('../auth/permissions', async (actual) => {
  const real = await actual<typeof import('../auth/permissions')>()
  const scopeOf = (held: readonly Assigned[], permission: Permission) =>
    permission === 'keys.read' ? real.scopeOf(held, permission) : null
  return { ...real, scopeOf }
})

const { db } = await freshDatabase()
const { authorize } = await import('../auth/permit')
const { getKeyRow } = await import('../inventory/read')
const { readRaw } = await import('../inventory/key-parts')
const { searchEverything } = await import('../inventory/search')
const { GET: readGrants } = await import('../../app/api/grants/route')
const { GET: readAccess } = await import(
  '../../app/api/keys/[account]/[region]/[keyId]/access/route'
)
const { GET: readKeys } = await import('../../app/api/keys/route')

const place = { accountId: '111122223333', region: 'eu-west-1', keyId: 'k1' }
const arn = 'arn:aws:kms:eu-west-1:111122223333:key/k1'
const grantee = 'arn:aws:iam::111122223333:role/secretive'

beforeAll(async () => {
  const now = new Date()
  await db.key.create({
    data: { ...place, arn, listedAt: now, listedIn: 1n, grantsAt: now, aliases: [] },
  })
  await db.grant.create({
    data: {
      keyArn: arn,
      grantId: 'g-secret',
      accountId: place.accountId,
      region: place.region,
      granteePrincipal: grantee,
      operations: ['Decrypt'],
      observedAt: now,
    },
  })
})

type Get = (...asked: Parameters<typeof readGrants>) => Promise<Response>
const ask = async (get: Get, search = '') => {
  const { accountId: account, region, keyId } = place
  const params = Promise.resolve({ account, region, keyId })
  const answer = await get(new Request(`http://localhost/api/x${search}`), { params })
  return { status: answer.status, text: await answer.text() }
}

it('who holds keys.read alone gets no grant: by no handler, no raw tab, no search', async () => {
  expect((await ask(readKeys)).status).toBe(200)
  for (const [get, search] of [[readGrants], [readGrants, '?format=csv'], [readAccess]] as const) {
    expect(await ask(get, search)).toMatchObject({
      status: 403,
      text: expect.not.stringContaining('secret'),
    })
  }
  await expect(authorize('grants.read')).rejects.toMatchObject({ code: 'forbidden' })

  const permit = await authorize('keys.read')
  const raw = JSON.stringify(await readRaw(permit, await getKeyRow(permit, place)))
  expect(raw).toContain(arn)
  expect(raw).not.toContain('secret')
  for (const text of ['g-secret', 'secretive']) {
    expect(await searchEverything(permit, text)).toMatchObject({ grants: [], principals: [] })
  }
})
