import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareAccess } from './compare'
import {
  abroad,
  admin,
  allow,
  allows,
  app,
  denies,
  everybody,
  keyWith,
  outsider,
  principal,
  root,
  statements,
  type Statement,
} from './test/drafts'
import { listCompleters, listLatent, sayLatent } from './latent'

const compare = async (before: Statement[], after: Statement[], who = everybody) =>
  (await compareAccess(keyWith(...before), keyWith(...after), who)).principals
const directions = async (before: Statement[], after: Statement[]) =>
  new Set(
    (await compare(before, after)).flatMap(({ changes }) =>
      changes.map(({ direction }) => direction),
    ),
  )
const of = async (before: Statement[], after: Statement[], id: string) =>
  (await compare(before, after)).find((row) => row.id === id)

test('the same policy changes nothing, however its statements are ordered, named and laid out', async () => {
  await fc.assert(
    fc.asyncProperty(statements, fc.integer(), async (given, turn) => {
      const shuffled = given
        .map((statement, i) => ({ Sid: `s${i}`, ...statement }))
        .sort((a, b) => ((a.Sid.charCodeAt(1) * turn) % 7) - ((b.Sid.charCodeAt(1) * turn) % 7))
      expect(await compare(given, shuffled)).toEqual([])
    }),
  )
})

test('an added Deny never shows a gain, nor outside access opened', async () => {
  await fc.assert(
    fc.asyncProperty(statements, denies, async (given, added) => {
      expect(await directions(given, [...given, added])).not.toContain('gained')
      expect(
        (await compare(given, [...given, added])).filter(({ external }) => external === 'opened'),
      ).toEqual([])
    }),
  )
})

test('an added Allow never shows a loss, nor outside access closed', async () => {
  await fc.assert(
    fc.asyncProperty(statements, allows, async (given, added) => {
      expect(await directions(given, [...given, added])).not.toContain('lost')
      expect(
        (await compare(given, [...given, added])).filter(({ external }) => external === 'closed'),
      ).toEqual([])
    }),
  )
})

test('going back shows the reverse of going there', async () => {
  const mirrored = {
    gained: 'lost',
    lost: 'gained',
    changed: 'changed',
    unclear: 'unclear',
  } as const
  await fc.assert(
    fc.asyncProperty(statements, statements, async (a, b) => {
      const flat = (rows: Awaited<ReturnType<typeof compare>>) =>
        rows
          .flatMap(({ id, changes }) =>
            changes.map(({ id: ability, direction, before, after }) => ({
              id,
              ability,
              direction,
              before,
              after,
            })),
          )
          .sort((x, y) => (`${x.id} ${x.ability}` < `${y.id} ${y.ability}` ? -1 : 1))
      expect(flat(await compare(b, a))).toEqual(
        flat(await compare(a, b)).map((row) => ({
          ...row,
          direction: mirrored[row.direction],
          before: row.after,
          after: row.before,
        })),
      )
    }),
  )
})

test('who gains, who loses, and what outsiders may', async () => {
  const before = [allow(root), allow(app, ['kms:Decrypt', 'kms:Encrypt'])]
  expect((await of(before, [allow(root), allow(app, 'kms:Decrypt')], app))?.changes).toEqual([
    { id: 'encrypt', label: 'Encrypt', before: 'yes', after: 'no', direction: 'lost' },
  ])
  // The outsider's own account decides, and the door is open all the same.
  const opened = await of(before, [...before, allow(outsider, 'kms:Decrypt')], outsider)
  expect(opened).toMatchObject({
    external: 'opened',
    connected: false,
    changes: [{ id: 'decrypt', before: 'no', after: 'delegated', direction: 'gained' }],
  })
  expect(await of([...before, allow(outsider, 'kms:Decrypt')], before, outsider)).toMatchObject({
    external: 'closed',
  })
  expect(
    await of(before, [...before, allow(admin, 'kms:Decrypt')], admin),
    'IAM lets it already',
  ).toBeUndefined()
})

test('the same answer on other conditions is said to be other', async () => {
  const via = (service: string) => [
    allow(app, 'kms:Decrypt', {
      Condition: { StringEquals: { 'kms:ViaService': `${service}.eu-west-1.amazonaws.com` } },
    }),
  ]
  expect((await of(via('s3'), via('rds'), app))?.changes).toEqual([
    {
      id: 'decrypt',
      label: 'Decrypt',
      before: 'conditional',
      after: 'conditional',
      direction: 'changed',
    },
  ])
  expect((await of(via('s3'), [allow(app, 'kms:Decrypt')], app))?.changes[0]?.direction).toBe(
    'gained',
  )
})

test('a named role whose account’s IAM is silent counts as open: administrators there can complete it', async () => {
  const etl = `arn:aws:iam::${abroad}:role/etl-runner`
  const people = [
    ...everybody,
    principal(etl, false),
    principal(`arn:aws:iam::${abroad}:role/other`, false),
  ]
  const weigh = (before: Statement[], after: Statement[]) => compare(before, after, people)
  const today = [allow(root)]
  const named = [...today, allow(etl, ['kms:Decrypt', 'kms:PutKeyPolicy'])]
  const nameOf = (id: string) => (id === abroad ? 'halden-data' : null)

  const opened = await weigh(today, named)
  // PutKeyPolicy has no effect across accounts, so no administrator can add it.
  expect(opened).toMatchObject([
    { id: etl, changes: [], external: 'opened', latent: { opened: ['Decrypt'], closed: [] } },
  ])
  expect(listCompleters(opened, nameOf)).toEqual([
    { accountId: abroad, accountName: 'halden-data' },
  ])
  expect(listLatent(opened, nameOf).map(sayLatent)).toEqual([
    `etl-runner gains nothing yet: IAM of halden-data (${abroad}) does not allow Decrypt. ` +
      'Its administrators can add that without this console.',
  ])

  const closed = await weigh(named, today)
  expect(closed).toMatchObject([
    { id: etl, changes: [], external: 'closed', latent: { opened: [], closed: ['Decrypt'] } },
  ])
  expect(listCompleters(closed, nameOf), 'closing a door trusts nobody').toEqual([])

  const denied = [...named, { ...allow(etl), Effect: 'Deny' }]
  expect(await weigh(today, denied), 'the key itself forbids it').toEqual([])
  expect(
    listCompleters(await weigh(today, [...today, allow(outsider, 'kms:Decrypt')]), nameOf),
    'an account that is not connected',
  ).toHaveLength(1)
  const account = principal(`arn:aws:iam::${abroad}:root`)
  const unread = { ...account, connected: true, serviceControlPolicies: null }
  const unsure = await compare(today, [...today, allow(unread.id, 'kms:Decrypt')], [unread])
  expect(unsure).toMatchObject([{ changes: [{ after: 'unknown', direction: 'gained' }] }])
  expect(listCompleters(unsure, nameOf), 'its control policies were not read').toHaveLength(1)
  expect(
    listCompleters(await weigh(today, [...today, allow(app, 'kms:Decrypt')]), nameOf),
    'one\u2019s own role',
  ).toEqual([])
})

test('an account trusted on a condition, and one the asker is not told of, complete what is opened', async () => {
  const weigh = async (who: ReturnType<typeof principal>, more: Statement = {}) => {
    const after = [allow(root), allow(who.id, 'kms:Decrypt', more)]
    return listCompleters(await compare([allow(root)], after, [who]), () => null)
  }
  const whole = { ...principal(`arn:aws:iam::${abroad}:root`), connected: true }
  const via = { Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } } }
  const completers = [{ accountId: abroad, accountName: null }]
  expect(await weigh(whole, via)).toEqual(completers)
  expect(await weigh({ ...principal(outsider, null), nearness: 'elsewhere' })).toEqual(completers)
  expect(await weigh(principal('logs.amazonaws.com')), 'a service is no account').toEqual([])
})

test('what there is no time for is left out and counted, and others get their turn', async () => {
  const many = Array.from({ length: 20 }, () => everybody).flat()
  const [before, after] = [keyWith(allow(root)), keyWith(allow(app, 'kms:Decrypt'))]
  let turns = 0
  const others = setInterval(() => (turns += 1), 1)
  const whole = await compareAccess(before, after, many)
  clearInterval(others)
  expect([whole.asked, whole.left]).toEqual([many.length, 0])
  expect(turns).toBeGreaterThan(2)
  const cut = await compareAccess(before, after, many, performance.now() + 1)
  expect(cut.asked + cut.left).toBe(many.length)
  expect(cut.left).toBeGreaterThan(0)
})
