import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '@/lib/auth/test/permit'
import { matchMutations } from '@/lib/changes/match/match-mutations'
import { freshDatabase } from '@/lib/db/test/database'
import { recountHours } from '../recount'
import { eventFrom } from '../test/events'
import { keyArn, otherArn, type ShapeName } from '../test/shapes'
import { writeEvents } from '../write'
import { evaluateSignals } from './evaluate'
import { findEpisodes, lastDays } from './find'
import { signals } from './list'
import { listSignals, muteSignal, previewSignal, setThreshold, unmuteSignal } from './settings'

const { sql, db } = await freshDatabase()
const [own, other, stranger] = ['111122223333', '222233334444', '777788889999']
const [sees, seesOther, left] = [randomUUID(), randomUUID(), randomUUID()]
const foreignArn = `arn:aws:kms:us-west-2:${stranger}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
const reads = permitFor(nobody, 'settings.read')
const manages = permitFor({ ...nobody, name: 'Ada' }, 'trail.manage')

const dayMs = 86_400_000
const today = Math.floor(Date.now() / dayMs) * dayMs
/** Noon of a day, and so many minutes later. */
const at = (daysAgo: number, minutes = 0) =>
  new Date(today - daysAgo * dayMs + dayMs / 2 + minutes * 60_000)
const textOf = (time: Date) => `${time.toISOString().slice(0, 19)}Z`

const event = (shape: ShapeName, time: Date, changes: object = {}) =>
  eventFrom(shape, { eventID: randomUUID(), eventTime: textOf(time), ...changes })
const store = async (...events: ReturnType<typeof event>[]) => {
  await writeEvents(events, { name: 'lookup', importId: null })
}
const resourceOf = (...arns: string[]) => ({
  resources: arns.map((ARN) => ({ ARN, accountId: ARN.split(':')[4], type: 'AWS::KMS::Key' })),
})
const outsider = (accountId: string) => ({
  userIdentity: { type: 'AWSAccount', principalId: 'AROAX:job', accountId },
})
const role = {
  userIdentity: {
    type: 'AssumedRole',
    arn: `arn:aws:sts::${own}:assumed-role/App/one`,
    accountId: own,
    sessionContext: { sessionIssuer: { type: 'Role', arn: `arn:aws:iam::${own}:role/App` } },
  },
}
const invalid = (errorMessage: string) => ({
  errorCode: 'KMSInvalidStateException',
  errorMessage,
})
const cover = (hours: Date[], region: string, accountId = own) =>
  db.trailCoverage.createMany({
    data: hours.map((hour) => ({
      source: 'lookup',
      accountId,
      region,
      hour: new Date(Math.floor(hour.getTime() / 3_600_000) * 3_600_000),
      isWhole: true,
    })),
  })
const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000)

const run = async () => {
  await recountHours()
  await matchMutations()
  await evaluateSignals()
}
const noticesOf = async (name: string) =>
  db.notification.findMany({
    where: {
      event: 'signal.found',
      title: { startsWith: signals.find((one) => one.name === name)?.title ?? name },
    },
    orderBy: { createdAt: 'asc' },
  })

beforeAll(async () => {
  for (const id of [own, other])
    await sql.execute(
      `INSERT INTO "Account" ("id", "name", "source", "path", "onlyRegions", "createdAt")
       VALUES ($1::text, 'acc-' || $1::text, 'page', '{}', '{}', now() - interval '1 year')`,
      [id],
    )
  for (const [n, id] of [sees, seesOther, left].entries())
    await sql.execute(
      `INSERT INTO "Person" ("id", "issuer", "subject", "email", "name")
       VALUES ($1::text::uuid, 'i', $1::text, $2, 'P')`,
      [id, `p${n}@example.com`],
    )
  await sql.execute(
    `INSERT INTO "Assignment" ("id", "personId", "role", "accountId")
     VALUES (gen_random_uuid(), $1::uuid, 'viewer', $3), (gen_random_uuid(), $2::uuid, 'viewer', $4)`,
    [sees, seesOther, own, other],
  )
})

type Case = {
  threshold?: number
  /** Stores what is not enough. */
  below: () => Promise<unknown>
  /** Stores the rest. */
  over: () => Promise<unknown>
  says: string
}

const cases: Record<string, Case> = {
  outsideUse: {
    below: () =>
      store(
        event('foreign', at(45), outsider('444455556666')),
        event('foreign', at(16), outsider('444455556666')),
        event('foreign', at(1), outsider('444455556666')),
        event('foreign', at(1), outsider(other)),
        // Nothing was read of the time before.
        event('foreign', at(1), outsider(stranger)),
      ),
    over: () => cover([at(31)], 'us-west-2'),
    says: `Account ${stranger} called GenerateDataKey with key 1234abcd-`,
  },
  burst: {
    threshold: 3,
    below: () =>
      store(
        event('permissionSet', at(1, -61)),
        event('permissionSet', at(1)),
        event('scheduleKeyDeletion', at(1, 30)),
      ),
    over: () => store(event('permissionSet', at(1, 59))),
    says: 'Within an hour 3 calls disabled keys or scheduled their deletion, the last by KeyAdmins',
  },
  importedMaterial: {
    // The first material of a key.
    below: () => store(event('putKeyPolicy', at(1), { eventName: 'ImportKeyMaterial' })),
    over: () => store(event('deleteExpiredKeyMaterial', at(1, 1))),
    says: 'AWS Internal called DeleteExpiredKeyMaterial on key 1234abcd-',
  },
  publicKey: {
    threshold: 2,
    below: () =>
      sql.execute(
        `INSERT INTO derived.external_reach (key_arn, principal, account, region, name, aliases,
           nearness, abilities, roads, basis, reach, search_text, since, evaluated_at)
         SELECT $1, p, $2, 'us-west-2', p, '{}', n, '{}', '{}', '', '{}', '',
           now() - interval '1 hour', now() FROM (VALUES ('*', 'anyone'), ('x', 'outside')) v(p, n)`,
        [keyArn, own],
      ),
    over: () => sql.execute(`UPDATE derived.external_reach SET since = now() - interval '3 hours'`),
    says: 'Anyone can use key 1234abcd-',
  },
  grantByPerson: {
    threshold: 2,
    below: () =>
      store(
        event('createGrant', at(1)),
        event('createGrant', at(1), role),
        event('createGrant', at(1, 1), role),
      ),
    over: () => store(event('createGrant', at(1, 2))),
    says: 'Alice created a grant on key 1234abcd-',
  },
  pendingDeletion: {
    below: () => store(event('decrypt', at(1), invalid(`${keyArn} is disabled.`))),
    over: () => store(event('decrypt', at(1, 1), invalid(`${keyArn} is pending deletion.`))),
    says: 'called Decrypt with key 1234abcd-12ab-34cd-56ef-1234567890ab, which is pending deletion',
  },
  denials: {
    threshold: 5,
    below: async () => {
      await cover([at(60)], 'us-west-2', own)
      await cover([at(60)], 'us-west-2', other)
      const denied = (calls: number, days: number, recipientAccountId: string) =>
        Array.from({ length: calls * days }, (_, n) =>
          event('denied', at(1 + Math.floor(n / calls), n % calls), { recipientAccountId }),
        )
      await store(
        ...denied(4, 1, own),
        // As many every day is no rise.
        ...denied(5, 46, other),
        // Nothing was read of the time before.
        ...denied(6, 1, stranger),
      )
    },
    over: () => store(event('denied', at(1, 5))),
    says: '5 calls were denied that day.',
  },
  foreignKey: {
    below: () =>
      store(
        event('decrypt', at(1), resourceOf(foreignArn)),
        event('ebs', at(1), resourceOf(keyArn.replace(own, other))),
        event('reEncrypt', at(1), resourceOf(foreignArn, otherArn)),
      ),
    over: () => store(event('reEncrypt', at(1, 1), resourceOf(keyArn, foreignArn))),
    says: `Alice called ReEncrypt with ${foreignArn}, a key of account ${stranger}.`,
  },
  silentTrail: {
    // Hours up to five hours ago without a gap; then the last of them are gone.
    below: () =>
      cover(
        Array.from({ length: 60 }, (_, n) => hoursAgo(n + 5)),
        'eu-west-1',
      ),
    over: () =>
      sql.execute(
        `DELETE FROM "TrailCoverage"
         WHERE "region" = 'eu-west-1' AND "hour" > now() - interval '9 hours'`,
      ),
    says: 'Changes in eu-west-1 are not seen since',
  },
  kmsExcluded: {
    below: () =>
      db.awsTrail.create({
        data: {
          arn: `arn:aws:cloudtrail:us-west-2:${own}:trail/main`,
          accountId: own,
          region: 'us-west-2',
          name: 'main',
          isMultiRegion: true,
          isOrganization: false,
          isLogging: true,
          kms: 'all',
          observedAt: new Date(),
        },
      }),
    over: () => db.awsTrail.updateMany({ data: { kms: 'none', kmsWords: 'KMS is left out.' } }),
    says: 'Trail main: KMS is left out.',
  },
}
test('every signal has a case', () => {
  expect(Object.keys(cases).sort()).toEqual(signals.map(({ name }) => name).sort())
})

test.each(Object.entries(cases))(
  '%s: nothing below its threshold, one notice above it, and the preview says the same',
  async (name, { threshold, below, over, says }) => {
    if (threshold !== undefined) await setThreshold(manages, { name, threshold })
    await below()
    await run()
    expect(await noticesOf(name)).toEqual([])
    await over()
    await run()
    await run()
    const told = await noticesOf(name)
    expect(told.map(({ personId, body }) => ({ personId, body }))).toEqual([
      { personId: sees, body: expect.stringContaining(says) },
    ])
    expect(told[0]?.title).toContain(`acc-${own}`)
    const row = (await listSignals(reads)).find((one) => one.name === name)
    expect(row).toMatchObject({ told: 1, mutedUntil: null })
    const value = row?.threshold?.value ?? null
    const { episodes, total } = await previewSignal(reads, { name, threshold: value })
    const kept = await db.signalEpisode.findMany({ where: { signal: name } })
    expect(episodes.map(({ episode }) => episode)).toEqual(kept.map(({ episode }) => episode))
    expect(total).toBe(1)
    expect(episodes[0]?.text).toContain(says)
    expect(episodes[0]?.href).toBe(told[0]?.href)
  },
)

test('what is found while a signal is muted is told neither then nor afterwards', async () => {
  const name = 'grantByPerson'
  await setThreshold(manages, { name, threshold: 1 })
  await run()
  const before = (await noticesOf(name)).length
  const until = new Date(Date.now() + 60_000).toISOString()
  await muteSignal(manages, { name, until, reason: 'Migration of backups' })
  const by = (userName: string) => ({
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::${own}:user/${userName}`, userName },
  })
  await store(event('createGrant', at(1), by('Bob')))
  await run()
  expect((await noticesOf(name)).length).toBe(before)
  expect((await listSignals(reads)).find((one) => one.name === name)).toMatchObject({
    mutedUntil: until,
    muteReason: 'Migration of backups',
  })
  // Its end comes.
  await db.signalSetting.update({ where: { name }, data: { mutedUntil: new Date(0) } })
  await run()
  expect((await noticesOf(name)).length).toBe(before)
  await store(event('createGrant', at(1), by('Cyd')))
  await run()
  expect((await noticesOf(name)).at(-1)?.body).toContain('Cyd')
  await muteSignal(manages, { name, until, reason: 'Again' })
  await unmuteSignal(manages, { name })
  const audited = await db.auditEntry.findMany({
    where: { event: { startsWith: 'signal.' } },
    orderBy: { seq: 'desc' },
    take: 4,
  })
  expect(audited.map(({ event, actor }) => [event, actor])).toEqual([
    ['signal.unmuted', 'Ada'],
    ['signal.muted', 'Ada'],
    ['signal.muted', 'Ada'],
    ['signal.changed', 'Ada'],
  ])
})

test('a signal that cannot look does not keep the others from looking', async () => {
  await sql.execute('ALTER TABLE derived.external_reach RENAME TO away')
  try {
    await store(event('decrypt', at(2), invalid('The key is pending deletion.')))
    await expect(run()).rejects.toThrow('external_reach')
  } finally {
    await sql.execute('ALTER TABLE derived.away RENAME TO external_reach')
  }
  expect(await noticesOf('pendingDeletion')).toHaveLength(2)
})

test('what cannot be set is refused, in words', async () => {
  await expect(setThreshold(manages, { name: 'burst', threshold: 1 })).rejects.toMatchObject({
    details: { fields: { threshold: ['From 2 to 1,000.'] } },
  })
  const mute = (until: string) => muteSignal(manages, { name: 'burst', until, reason: 'x' })
  await expect(mute('2026-01-01T00:00:00Z')).rejects.toThrow('Check the highlighted')
  await expect(mute('2036-01-01T00:00:00Z')).rejects.toThrow('Check the highlighted')
  await expect(setThreshold(manages, { name: 'none', threshold: 1 })).rejects.toThrow('no such')
})

test('what a month says is what its days said, one after another', async () => {
  const one = fc.record({
    minutes: fc.nat(29 * 24 * 60),
    what: fc.constantFrom<ShapeName>('permissionSet', 'createGrant', 'denied', 'foreign', 'ebs'),
    away: fc.boolean(),
  })
  const some = fc.sample(one, { numRuns: 300, seed: 7 })
  await store(
    ...some.map(({ minutes, what, away }) =>
      event(what, new Date(Date.now() - minutes * 60_000), {
        ...(what === 'foreign' ? outsider(away ? stranger : '555566667777') : {}),
        ...(what === 'ebs' && away ? resourceOf(foreignArn) : {}),
      }),
    ),
  )
  await run()
  const now = new Date()
  const thresholds: Record<string, number> = { burst: 2, denials: 3, foreignKey: 1, outsideUse: 1 }
  for (const signal of signals) {
    const value = thresholds[signal.name] ?? signal.threshold?.standard ?? 0
    const named = async (days: number, until: Date) =>
      (await findEpisodes(signal, value, lastDays(days, until))).map(
        ({ accountId, episode }) => `${accountId} ${episode}`,
      )
    const daily = new Set<string>()
    for (let hours = 30 * 24; hours >= 0; hours -= 12)
      for (const name of await named(2, new Date(now.getTime() - hours * 3_600_000)))
        daily.add(name)
    const monthly = await named(30, now)
    expect(
      monthly.filter((name) => !daily.has(name)),
      signal.name,
    ).toEqual([])
    expect(monthly.length, signal.name).toBeGreaterThan(0)
  }
})
