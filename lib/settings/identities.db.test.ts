import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Actor } from '../auth/permit'
import type { Role } from '../auth/permissions'
import { freshDatabase } from '../db/test/database'

let asking: string | null = null
vi.mock('../auth/session', async () => {
  const { actorOf } =
    await vi.importActual<typeof import('../auth/test/signed-in')>('../auth/test/signed-in')
  return { readActor: async (): Promise<Actor | null> => (asking ? actorOf(asking) : null) }
})

const { authorize } = await import('../auth/permit')
const { addIdentityLink, listLinkedIdentities, removeIdentityLink } = await import(
  './linked-identities'
)
const { addDelegate, endDelegate, listCandidates, listDelegates, listDelegateScopes } =
  await import('./delegates')
const { previewDeciders } = await import('./preview-deciders')
const { listDeciders } = await import('../changes/rules/deciders')
const { explainRefusal } = await import('../changes/rules/refusal')
const { defaultRules, resolveRule } = await import('../changes/rules/rule')
const { db, sql } = await freshDatabase()

const account = '111122223333'
const as = (id: string) => {
  asking = id
}
const day = 86_400_000
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString()
async function addPerson(
  name: string,
  role: Role | null,
  facts: { claim?: string; email?: string } = {},
): Promise<string> {
  const { id } = await db.person.create({
    data: {
      issuer: 'https://idp',
      subject: name,
      name,
      email: facts.email ?? `${name}@example.com`,
      emailVerified: facts.email !== undefined,
      personClaim: facts.claim ?? null,
      groups: [],
      assignments: { create: role ? [{ role }] : [] },
    },
  })
  return id
}
const audited = async () =>
  (
    await sql.query<{ event: string }>(
      'SELECT "event" FROM "AuditEntry" ORDER BY "seq" DESC LIMIT 1',
    )
  )[0]?.event
const plain = () =>
  resolveRule(defaultRules, {
    kind: 'policy-put',
    risk: 'low',
    accountId: account,
    keyArn: null,
    tags: {},
  })
const deciders = async (requesterId: string) => {
  const rule = plain()
  return (await listDeciders(sql, { requesterId, accountId: account, rule, owner: null })).map(
    ({ name, delegateOf }) => (delegateOf ? `${name} for ${delegateOf.name}` : name),
  )
}

afterEach(async () => {
  await db.personLink.deleteMany()
  await db.delegate.deleteMany()
  await db.person.deleteMany()
})

describe('two identities of one person', () => {
  it('are listed with all that says so, and a link keeps one from deciding for the other', async () => {
    const admin = await addPerson('admin', 'admin')
    const ann = await addPerson('ann', 'requester', { email: 'ann@example.com', claim: '7' })
    await addPerson('ann.2', 'approver', { email: 'ANN@example.com', claim: '7' })
    const contractor = await addPerson('ann.contractor', 'approver')
    as(admin)
    const [manage, read] = [await authorize('people.manage'), await authorize('people.read')]
    expect(
      (await listLinkedIdentities(read)).map(({ grounds }) => grounds.map(({ by }) => by)),
    ).toEqual([['email', 'claim']])
    expect(await deciders(ann)).toEqual(['admin', 'ann.contractor'])

    await addIdentityLink(manage, { aId: contractor, bId: ann, reason: 'contract of 2025' })
    expect(await audited()).toBe('people.linked')
    await expect(
      addIdentityLink(manage, { aId: ann, bId: contractor, reason: 'the other way round' }),
    ).rejects.toMatchObject({ code: 'conflict' })
    await expect(
      addIdentityLink(manage, { aId: ann, bId: ann, reason: 'x' }),
    ).rejects.toMatchObject({
      code: 'invalid',
    })
    const [group] = await listLinkedIdentities(read)
    expect(group?.identities.map(({ name }) => name)).toEqual(['ann', 'ann.2', 'ann.contractor'])
    expect(await deciders(ann)).toEqual(['admin'])

    const link = group?.grounds.find((ground) => ground.by === 'link')
    await removeIdentityLink(manage, { linkId: link?.by === 'link' ? link.linkId : '' })
    expect(await audited()).toBe('people.unlinked')
    expect(await deciders(ann)).toEqual(['admin', 'ann.contractor'])
  })

  it('are never unlinked by the one they are of, not even over a further identity', async () => {
    const admin = await addPerson('admin', 'admin', { claim: '1' })
    const second = await addPerson('admin.2', 'admin', { claim: '1' })
    const third = await addPerson('admin.3', 'approver')
    as(admin)
    await addIdentityLink(await authorize('people.manage'), {
      aId: second,
      bId: third,
      reason: 'x',
    })
    const link = await db.personLink.findFirstOrThrow()
    await expect(
      removeIdentityLink(await authorize('people.manage'), { linkId: link.id }),
    ).rejects.toMatchObject({ code: 'conflict' })
    expect(await db.personLink.count()).toBe(1)
  })
})

describe('a delegate', () => {
  const name = async (awayId: string, delegateId: string, from = -1, to = 5) =>
    addDelegate(await authorize('requests.decide'), {
      awayId,
      delegateId,
      startsAt: inDays(from),
      endsAt: inDays(to),
      reason: '',
    })

  it('works for the time named, and ends when either says so', async () => {
    const ann = await addPerson('ann', 'requester')
    const bob = await addPerson('bob', 'approver')
    const dora = await addPerson('dora', 'viewer')
    as(bob)
    await name(bob, dora, 1, 2)
    expect(await deciders(ann)).toEqual(['bob'])
    await name(bob, dora, -1, 0.5)
    expect(await audited()).toBe('delegate.named')
    expect(await deciders(ann)).toEqual(['bob', 'dora for bob'])
    as(dora)
    const mine = await listDelegates(await authorize('requests.read'))
    expect(mine.map(({ state, rights }) => [state, rights])).toEqual([
      ['coming', [{ role: 'approver', accountId: null }]],
      ['now', [{ role: 'approver', accountId: null }]],
    ])
    await endDelegate(await authorize('requests.read'), { id: mine[1]?.id ?? '' })
    expect(await audited()).toBe('delegate.ended')
    expect(await deciders(ann)).toEqual(['bob'])
    await expect(
      endDelegate(await authorize('requests.read'), { id: mine[1]?.id ?? '' }),
    ).rejects.toMatchObject({ code: 'not_found' })
  })

  it('is named by oneself, or by who manages people; nobody else sees it or ends it', async () => {
    const admin = await addPerson('admin', 'admin')
    const bob = await addPerson('bob', 'approver')
    const cleo = await addPerson('cleo', 'approver')
    const dora = await addPerson('dora', 'viewer')
    as(cleo)
    await expect(name(bob, cleo)).rejects.toMatchObject({ code: 'forbidden' })
    as(admin)
    const deputy = await addPerson('deputy', 'approver')
    await name(bob, deputy)
    const { id } = await db.delegate.findFirstOrThrow()
    as(cleo)
    expect(await listDelegates(await authorize('requests.read'))).toEqual([])
    await expect(endDelegate(await authorize('requests.read'), { id })).rejects.toMatchObject({
      code: 'not_found',
    })
    as(dora)
    expect(await listCandidates(await authorize('requests.read'))).toEqual([])
    as(admin)
    expect((await listDelegates(await authorize('requests.read')))[0]).toMatchObject({
      mayEnd: true,
      idle: null,
    })
  })

  it('names the accounts that a person sees, and no others', async () => {
    const other = '444455556666'
    await db.account.createMany({
      data: [account, other].map((id) => ({ id, name: id, source: 'page' as const })),
    })
    const bob = await addPerson('bob', null)
    await db.assignment.create({ data: { personId: bob, role: 'approver', accountId: other } })
    as(bob)
    const named = await listDelegateScopes(await authorize('requests.read'))
    expect(named).toEqual([{ id: other, name: other }])
    as(await addPerson('root', 'admin'))
    expect(await listDelegateScopes(await authorize('requests.read'))).toHaveLength(2)
    await db.account.deleteMany()
  })

  it('is by someone else, of someone who decides, for a time to come of at most 90 days, once', async () => {
    const admin = await addPerson('admin', 'admin')
    const bob = await addPerson('bob', 'approver', { claim: '2' })
    const second = await addPerson('bob.2', 'viewer', { claim: '2' })
    const dora = await addPerson('dora', 'viewer')
    const deputy = await addPerson('deputy', 'keyAdministrator')
    as(admin)
    const refused = (field: string) => ({
      code: 'invalid',
      details: { fields: { [field]: [expect.any(String)] } },
    })
    await expect(name(bob, bob)).rejects.toMatchObject(refused('delegateId'))
    await expect(name(bob, second)).rejects.toMatchObject(refused('delegateId'))
    await expect(name(dora, bob)).rejects.toMatchObject(refused('awayId'))
    await expect(name(bob, deputy, -2, -1)).rejects.toMatchObject(refused('endsAt'))
    await expect(name(bob, deputy, 2, 1)).rejects.toMatchObject(refused('endsAt'))
    await expect(name(bob, deputy, 0, 91)).rejects.toMatchObject(refused('endsAt'))
    const twice = await Promise.allSettled([name(bob, deputy), name(bob, deputy, 2, 9)])
    expect(twice.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await db.person.update({ where: { id: bob }, data: { disabledAt: new Date() } })
    expect((await listDelegates(await authorize('requests.read')))[0]?.idle).toBe(
      'bob has no access any more',
    )
  })
})

describe('a delegate of somebody who did not name them', () => {
  const name = async (awayId: string, delegateId: string) =>
    addDelegate(await authorize('requests.decide'), {
      awayId,
      delegateId,
      startsAt: inDays(-1),
      endsAt: inDays(5),
      reason: '',
    })
  const refused = {
    code: 'invalid',
    details: { fields: { delegateId: [expect.stringContaining('own roles decide')] } },
  }
  const told = async () =>
    (await db.notification.findMany({ where: { event: 'standIn.named' } })).map(
      ({ personId }) => personId,
    )

  it('takes a role that decides in the same accounts; who is away and every administrator are told', async () => {
    const [admin, other] = [await addPerson('admin', 'admin'), await addPerson('other', 'admin')]
    const [bob, dora] = [await addPerson('bob', 'approver'), await addPerson('dora', 'viewer')]
    const cleo = await addPerson('cleo', null)
    await db.assignment.create({ data: { personId: cleo, role: 'approver', accountId: account } })
    const eve = await addPerson('eve', 'keyAdministrator')
    as(admin)
    await expect(name(bob, dora), 'a viewer').rejects.toMatchObject(refused)
    await expect(name(bob, cleo), 'an approver of one account').rejects.toMatchObject(refused)
    await expect(name(other, bob), 'an approver for an administrator').rejects.toMatchObject(
      refused,
    )
    expect(await told()).toEqual([])
    await name(cleo, bob)
    await name(bob, eve)
    await name(bob, other)
    expect((await told()).toSorted()).toEqual([cleo, other, bob, other, bob, other].toSorted())
    await name(admin, dora)
    expect(await told(), 'whom one names for oneself is one’s own affair').toHaveLength(6)
  })

  it('counts only while that one holds such a role', async () => {
    const [admin, ann] = [await addPerson('admin', 'admin'), await addPerson('ann', 'requester')]
    const [bob, eve] = [await addPerson('bob', 'approver'), await addPerson('eve', 'approver')]
    as(admin)
    await name(bob, eve)
    await db.assignment.deleteMany({ where: { personId: bob } })
    await db.assignment.create({ data: { personId: bob, role: 'keyAdministrator' } })
    const ask = {
      requesterId: ann,
      accountId: account,
      owner: null,
      rule: { ...plain(), roles: ['keyAdministrator' as const] },
    }
    expect((await listDeciders(sql, ask)).map(({ name: who }) => who)).toEqual(['bob', 'eve'])
    await db.assignment.updateMany({ where: { personId: eve }, data: { role: 'viewer' } })
    expect((await listDeciders(sql, ask)).map(({ name: who }) => who)).toEqual(['bob'])
    expect(await explainRefusal(sql, { ...ask, personId: eve })).toContain(
      'Somebody else named you as the delegate of bob',
    )
    expect((await listDelegates(await authorize('requests.read')))[0]?.idle).toBe(
      'eve holds no role that decides, and bob did not name them',
    )
  })
})

describe('who could decide if one asked', () => {
  it('is told for accounts and keys one may see, and for no others', async () => {
    const arn = `arn:aws:kms:eu-west-1:444455556666:key/k`
    await db.key.create({
      data: {
        arn,
        accountId: '444455556666',
        region: 'eu-west-1',
        keyId: 'k',
        listedAt: new Date(),
        listedIn: 1,
        tags: { owner: 'payments' },
      },
    })
    const luis = await addPerson('luis', null)
    await db.assignment.create({ data: { personId: luis, role: 'requester', accountId: account } })
    const bob = await addPerson('bob', 'approver')
    as(luis)
    const permit = await authorize('requests.read')
    expect(await previewDeciders(permit, { account, approvals: 1, owner: false })).toEqual({
      tags: null,
      owner: null,
      deciders: [{ name: 'bob', delegateOf: null }],
      why: null,
    })
    expect((await previewDeciders(permit, { account, approvals: 2, owner: false })).why).toContain(
      'only 1 can be given',
    )
    const beyond = { code: 'not_found' }
    await expect(
      previewDeciders(permit, { account: '444455556666', approvals: 1, owner: false }),
    ).rejects.toMatchObject(beyond)
    await expect(
      previewDeciders(permit, { account, arn, approvals: 1, owner: false }),
    ).rejects.toMatchObject(beyond)
    await expect(
      previewDeciders(permit, { arn: `${arn}x`, approvals: 1, owner: false }),
    ).rejects.toMatchObject(beyond)
    as(bob)
    const seen = await previewDeciders(await authorize('requests.read'), {
      arn,
      approvals: 1,
      owner: true,
    })
    expect(seen).toMatchObject({ tags: { owner: 'payments' }, owner: 'payments', deciders: [] })
    expect(seen.why).toContain('Nobody but you')
    await db.key.deleteMany()
  })
})
