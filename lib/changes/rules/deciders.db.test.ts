import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { roles as allRoles, type Role } from '../../auth/permissions'
import { freshDatabase } from '../../db/test/database'
import { applyRules } from './apply'
import { findDecider, findOwner, listDeciders, readRules } from './deciders'
import { explainRefusal } from './refusal'
import { defaultRules, resolveRule, type EffectiveRule } from './rule'
import { findTies } from './linked-identities'
import { whyUnanswerable } from './unanswerable'

const { db, sql, transaction } = await freshDatabase()

const here = '111122223333'
const elsewhere = '444455556666'
const plainRule = resolveRule(defaultRules, {
  kind: 'policy-put',
  risk: 'low',
  accountId: here,
  keyArn: null,
  tags: {},
})

type Made = {
  email: string
  verified: boolean
  claim: string | null
  groups: string[]
  disabled: boolean
  roles: { role: Role; accountId: string | null }[]
}
let count = 0
async function addPerson(name: string, facts: Partial<Made> = {}): Promise<string> {
  const { id } = await db.person.create({
    data: {
      issuer: 'i',
      subject: `${name}-${count++}`,
      name,
      email: facts.email ?? `${name}@example.com`,
      emailVerified: facts.verified ?? false,
      personClaim: facts.claim ?? null,
      groups: facts.groups ?? [],
      disabledAt: facts.disabled ? new Date() : null,
      assignments: { create: facts.roles ?? [] },
    },
  })
  return id
}
const approver = { roles: [{ role: 'approver' as const, accountId: null }] }
const link = (aId: string, bId: string) =>
  db.personLink.create({ data: { aId, bId, reason: 'contractor account', createdById: aId } })
const hour = 3_600_000
const delegate = (awayId: string, delegateId: string, from = -1, to = 1) =>
  db.delegate.create({
    data: {
      awayId,
      delegateId,
      startsAt: new Date(Date.now() + from * hour),
      endsAt: new Date(Date.now() + to * hour),
      createdById: awayId,
    },
  })
const ask = (
  requesterId: string,
  rule: EffectiveRule = plainRule,
  more: { accountId?: string | null; owner?: string | null } = {},
) => ({ requesterId, accountId: here, owner: null, ...more, rule })
const samePeople = async (id: string) =>
  (await sql.query<{ id: string }>('SELECT same_people($1::uuid) AS "id"', [id]))
    .map((row) => row.id)
    .sort()

afterEach(async () => {
  await db.personLink.deleteMany()
  await db.delegate.deleteMany()
  await db.person.deleteMany()
  await db.setting.deleteMany()
})

describe('one person under several identities', () => {
  it('is known over a chain of verified e-mail, claim and link, from whichever end one looks', async () => {
    const a = await addPerson('a', { email: 'Ann@example.com', verified: true })
    const b = await addPerson('b', { email: 'ann@EXAMPLE.com', verified: true, claim: '4711' })
    const c = await addPerson('c', { claim: '4711' })
    const d = await addPerson('d', { email: 'ann@example.com' }) // not verified: proves nothing
    const e = await addPerson('e')
    await link(e, c)
    for (const one of [a, b, c, e]) expect(await samePeople(one)).toEqual([a, b, c, e].sort())
    expect(await samePeople(d)).toEqual([d])
    expect((await findTies(sql, a, e)).map(({ by }) => by)).toEqual(['email', 'claim', 'link'])
    expect(await findTies(sql, a, d)).toEqual([])
  })

  it('is what following every tie gives, for any mesh of them', async () => {
    const identity = fc.record({
      email: fc.constantFrom('x', 'y', 'z'),
      verified: fc.boolean(),
      claim: fc.option(fc.constantFrom('1', '2')),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(identity, { minLength: 2, maxLength: 6 }),
        fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 3 }),
        async (people, pairs) => {
          const ids = await Promise.all(people.map((person, i) => addPerson(`p${i}`, person)))
          const links = pairs
            .map(([a, b]) => [a % ids.length, b % ids.length] as const)
            .filter(
              ([a, b], i, all) => a !== b && all.findIndex(([x, y]) => x === a && y === b) === i,
            )
          for (const [a, b] of links) await link(ids[a] ?? '', ids[b] ?? '')
          const tied = (a: number, b: number) => {
            const [one, other] = [people[a], people[b]]
            return (
              (one?.verified && other?.verified && one.email === other.email) ||
              (one?.claim != null && one.claim === other?.claim) ||
              links.some(([x, y]) => (x === a && y === b) || (x === b && y === a))
            )
          }
          const group = new Set([0])
          for (const at of group) people.forEach((_, next) => tied(at, next) && group.add(next))
          expect(await samePeople(ids[0] ?? '')).toEqual([...group].map((i) => ids[i] ?? '').sort())
          for (const [i, id] of ids.entries())
            if (i > 0) expect((await findTies(sql, ids[0] ?? '', id)).length > 0).toBe(group.has(i))
          await db.personLink.deleteMany()
          await db.person.deleteMany()
        },
      ),
      { numRuns: 25 },
    )
  }, 60_000)
})

describe('who decides', () => {
  it('is a matter of role, account, rule and presence, as a naive reading of the rules says', async () => {
    const person = fc.record({
      email: fc.constantFrom('x@e', 'y@e'),
      verified: fc.boolean(),
      disabled: fc.boolean(),
      groups: fc.subarray(['team']),
      roles: fc.array(
        fc.record({
          role: fc.constantFrom(...allRoles),
          accountId: fc.constantFrom(null, here, elsewhere),
        }),
        { maxLength: 2 },
      ),
    })
    const away = fc
      .record({
        away: fc.nat(4),
        by: fc.nat(4),
        from: fc.constantFrom(-2, 1),
        to: fc.constantFrom(-1, 2),
      })
      .filter(({ from, to }) => from < to)
    const rule = fc.record({
      roles: fc.option(fc.subarray<Role>(['approver', 'admin', 'viewer'])),
      approvals: fc.constantFrom(1, 2),
    })
    const input = [
      fc.array(person, { minLength: 5, maxLength: 5 }),
      fc.array(away, { maxLength: 3 }),
      rule,
      fc.constantFrom(null, here),
      fc.constantFrom(null, 'team', 'X@E'),
    ] as const
    await fc.assert(
      fc.asyncProperty(...input, async (people, aways, asked, accountId, owner) => {
        const ids = await Promise.all(people.map((one, i) => addPerson(`p${i}`, one)))
        for (const { away: a, by, from, to } of aways)
          if (a !== by) await delegate(ids[a] ?? '', ids[by] ?? '', from, to)
        const [requester] = people
        const isRequester = (i: number) =>
          i === 0 ||
          Boolean(requester?.verified && people[i]?.verified && people[i].email === requester.email)
        const counting = (['approver', 'keyAdministrator', 'admin'] as const).filter(
          (role) => asked.roles?.includes(role) ?? true,
        )
        const holds = (i: number) =>
          !isRequester(i) &&
          !people[i]?.disabled &&
          people[i]?.roles.some(
            (r) =>
              counting.some((role) => role === r.role) &&
              (accountId === null
                ? r.accountId === null && r.role === 'admin'
                : r.accountId === null || r.accountId === accountId),
          )
        const mayDecide = (i: number) =>
          !isRequester(i) &&
          !people[i]?.disabled &&
          (holds(i) ||
            aways.some(
              ({ away: a, by, from, to }) => a !== by && by === i && from < 0 && to > 0 && holds(a),
            ))
        const found = await listDeciders(
          sql,
          ask(ids[0] ?? '', { ...plainRule, ...asked }, { accountId, owner }),
        )
        expect(found.map(({ personId }) => personId).sort()).toEqual(
          ids.filter((_, i) => mayDecide(i)).sort(),
        )
        for (const decider of found) {
          const [i, of] = [
            ids.indexOf(decider.personId),
            ids.indexOf(decider.delegateOf?.id ?? decider.personId),
          ]
          const owns = (n: number) =>
            owner !== null &&
            (people[n]?.groups.includes(owner) ||
              (people[n]?.verified && people[n].email === owner.toLowerCase()))
          expect(holds(of)).toBe(true)
          expect(decider.isOwner).toBe(Boolean(owns(i) || owns(of)))
          expect(
            await findDecider(sql, {
              ...ask(ids[0] ?? '', { ...plainRule, ...asked }, { accountId, owner }),
              personId: decider.personId,
            }),
          ).not.toBeNull()
        }
        await db.delegate.deleteMany()
        await db.person.deleteMany()
      }),
      { numRuns: 120 },
    )
  }, 120_000)

  it('is never the requester: not under another identity, not as or through a delegate', async () => {
    const ann = await addPerson('ann', { ...approver, claim: '1' })
    const second = await addPerson('ann.second', { ...approver, claim: '1' })
    const bob = await addPerson('bob')
    const cleo = await addPerson('cleo', approver)
    await delegate(cleo, second)
    await delegate(second, bob)
    await delegate(ann, bob)
    expect((await listDeciders(sql, ask(ann))).map(({ name }) => name)).toEqual(['cleo'])
    expect(await explainRefusal(sql, { ...ask(ann), personId: second })).toContain(
      'held for one person: the identity provider gives both',
    )
    expect(await explainRefusal(sql, { ...ask(ann), personId: bob })).toContain(
      'You are the delegate of',
    )
    expect(await explainRefusal(sql, { ...ask(ann), personId: ann })).toContain('your own request')
  })

  it('never counts one person or one say twice', async () => {
    const two: EffectiveRule = { ...plainRule, approvals: 2 }
    const ann = await addPerson('ann')
    const bob = await addPerson('bob', { ...approver, claim: '2' })
    const why = async () => whyUnanswerable(two, await listDeciders(sql, ask(ann, two)))
    expect(await why()).toContain('only 1 can be given: bob')
    await addPerson('bob.second', { ...approver, claim: '2' })
    expect(await why()).toContain('only 1 can be given')
    const dora = await addPerson('dora')
    await delegate(bob, dora)
    expect(await why()).toContain('only 1 can be given')
    const eve = await addPerson('eve', approver)
    expect(await why()).toBeNull()
    // whosever delegate dora is, she is one person: two can still be given
    await delegate(eve, dora)
    expect(await why()).toBeNull()
  })

  it('needs an owner where the rule wants one, and says so when there is none', async () => {
    const owned: EffectiveRule = { ...plainRule, ownerMust: true }
    const ann = await addPerson('ann')
    await addPerson('bob', approver)
    expect(
      whyUnanswerable(owned, await listDeciders(sql, ask(ann, owned)), { owner: null }),
    ).toContain('no owner of this key is known')
    expect(
      whyUnanswerable(owned, await listDeciders(sql, ask(ann, owned, { owner: 'payments' })), {
        owner: 'payments',
      }),
    ).toContain('nobody of payments')
    await addPerson('cleo', { ...approver, groups: ['payments'] })
    expect(
      whyUnanswerable(owned, await listDeciders(sql, ask(ann, owned, { owner: 'payments' }))),
    ).toBeNull()
  })

  it('of the installation itself is an administrator of every account', async () => {
    const ann = await addPerson('ann', { roles: [{ role: 'admin', accountId: null }] })
    await addPerson('bob', { roles: [{ role: 'admin', accountId: here }] })
    await addPerson('cleo', approver)
    const asking = ask(ann, plainRule, { accountId: null })
    expect(
      whyUnanswerable(plainRule, await listDeciders(sql, asking), { accountId: null }),
    ).toContain('Nobody but you')
    await addPerson('dora', { roles: [{ role: 'admin', accountId: null }] })
    expect((await listDeciders(sql, asking)).map(({ name }) => name)).toEqual(['dora'])
  })
})

describe('among 5,000 people', () => {
  it('a hundred who can decide are told apart by every tie within seconds', async () => {
    // What autovacuum knew before they came: that there is nobody.
    await sql.execute('ANALYZE "Person", "Assignment", "PersonLink"')
    await sql.execute(`INSERT INTO "Person" ("id", "issuer", "subject", "email", "emailVerified",
      "name", "groups", "personClaim")
      SELECT gen_random_uuid(), 'many', n::text, 'p' || n || '@example.com', true, 'p'
        || n, '{}', 'c' || n FROM generate_series(1, 5000) n`)
    await sql.execute(
      `INSERT INTO "Assignment" ("id", "personId", "role")
        SELECT gen_random_uuid(), "id", 'approver' FROM "Person" WHERE "subject"::int <= 100`,
    )
    await sql.execute(`INSERT INTO "PersonLink" ("id", "aId", "bId", "reason", "createdById")
      SELECT gen_random_uuid(), a."id", b."id", 'x', a."id"
      FROM "Person" a JOIN "Person" b ON b."subject"::int = a."subject"::int + 50 WHERE a."subject"::int <= 50`)
    const requester = await addPerson('requester')
    const began = performance.now()
    const found = await listDeciders(sql, ask(requester, { ...plainRule, approvals: 2 }))
    expect(performance.now() - began).toBeLessThan(5_000)
    expect([found.length, new Set(found.map(({ person }) => person)).size]).toEqual([100, 50])
  })
})

describe('the owner of a key', () => {
  it('is what its tag says, by the tag that the setting names now; unknown while its tags are', async () => {
    const arn = 'arn:aws:kms:eu-west-1:111122223333:key/k'
    const add = (tags: Record<string, string> | undefined) =>
      db.key.create({
        data: {
          arn,
          accountId: here,
          region: 'eu-west-1',
          keyId: 'k',
          listedAt: new Date(),
          listedIn: 1,
          tags,
        },
      })
    await add({ Owner: 'payments', team: 'core' })
    expect(await findOwner(sql, arn)).toBe('payments')
    await db.setting.create({ data: { name: 'ownerTag', value: 'team' } })
    expect(await findOwner(sql, arn)).toBe('core')
    await db.key.deleteMany()
    await add(undefined)
    expect([await findOwner(sql, arn), await findOwner(sql, null)]).toEqual([null, null])
    await db.key.deleteMany()
  })
})

describe('the rules in force', () => {
  it('are the defaults until set; then only who knew the version in force replaces it', async () => {
    expect(await readRules()).toEqual({ version: 0, rules: defaultRules })
    const put = (answerHours: number, from: number) =>
      transaction((tx) => applyRules(tx, { ...defaultRules, answerHours }, from))
    expect(
      (await Promise.all([put(1, 0), put(2, 0), put(3, 0)])).filter((end) => end === 'applied'),
    ).toHaveLength(1)
    expect(await put(4, 0)).toBe('drifted')
    expect(
      (await Promise.all([put(5, 1), put(6, 1)])).filter((end) => end === 'applied'),
    ).toHaveLength(1)
    expect(await readRules()).toMatchObject({ version: 2 })
    expect(
      await sql.query(`SELECT 1 FROM "AuditEntry" WHERE "event" = 'rules.changed'`),
    ).toHaveLength(2)
  })

  it('that cannot be read stop everything: they are never taken for the defaults', async () => {
    await db.setting.create({ data: { name: 'approvalRules', value: { rules: [] } } })
    await expect(readRules()).rejects.toMatchObject({ code: 'unexpected' })
  })
})
