import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedRequest } from '@/lib/changes/request/ask'
import { isHouseKind } from '@/lib/changes/kinds/house'
import type { Facts } from '@/lib/changes/kinds/kind'
import { grantOperations } from '@/lib/kms/grant-operations'
import { usagesOf } from '@/lib/kms/key-specs'
import { kinds, type FormKindName } from '@/lib/changes/kinds/registry'
import { grantTemplates } from '@/lib/changes/request/templates'
import { errorsAt, fromFailure } from './errors'
import { findFormKind, formKinds, formOf, type FormKind } from './kinds/list'
import { originsFor, usagesFor, withSpec } from './new-key'
import { quotas } from '@/lib/kms/quotas'
import { toAsked, toDayTime, toInstant } from './to-asked'
import { toNumber } from './typed'
import {
  blankForm,
  blankGrant,
  blankValues,
  type Form,
  type GrantValues,
  type Pair,
  type Values,
} from './values'

const here = { partition: 'aws' }
const toInput = (kind: FormKindName, typed: Values) => formOf(kind).toInput(typed, here)
const fromInput = (kind: FormKindName, input: Facts, task: string | null = null): Values => ({
  ...blankValues,
  ...formOf(kind).fromInput?.(input, task),
})
const now = new Date('2026-11-22T03:00:00Z')
const letter = fc.constantFrom(...'abcdefghijkmnpqrstuvwxyz0123456789')
const word = (minLength: number, maxLength: number) =>
  fc.string({ unit: letter, minLength, maxLength })
const accountId = fc.string({
  unit: fc.constantFrom(...'0123456789'),
  minLength: 12,
  maxLength: 12,
})
const region = fc.constantFrom('eu-central-1', 'us-east-1', 'ap-southeast-3')
const keyArn = fc
  .tuple(region, accountId, fc.uuid())
  .map(([where, account, id]) => `arn:aws:kms:${where}:${account}:key/${id}`)
const role = fc
  .tuple(accountId, word(1, 30))
  .map(([account, name]) => `arn:aws:iam::${account}:role/${name}`)
const service = word(1, 20).map((name) => `${name}.amazonaws.com`)
const pairs = fc
  .uniqueArray(fc.tuple(word(1, 20), word(0, 40)), {
    minLength: 1,
    maxLength: 8,
    selector: ([name]) => name,
  })
  .map((list): readonly Pair[] => list)
const policy = fc.tuple(accountId, word(1, 20)).map(([account, sid]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: sid,
        Effect: 'Allow',
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: 'kms:*',
        Resource: '*',
      },
    ],
  }),
)

const freeGrant: fc.Arbitrary<GrantValues> = fc
  .record({
    isService: fc.boolean(),
    role,
    service,
    operations: fc.subarray([...grantOperations], { minLength: 1 }),
    context: fc.constantFrom('any' as const, 'equals' as const, 'subset' as const),
    pairs,
    source: fc
      .tuple(accountId, word(1, 20))
      .map(([account, name]) => `arn:aws:dynamodb:eu-central-1:${account}:table/${name}`),
    hasSource: fc.boolean(),
    retiring: fc.constantFrom('nobody' as const, 'principal' as const, 'service' as const),
  })
  .map(
    (made): GrantValues => ({
      ...blankGrant,
      how: 'free',
      granteeIs: made.isService ? 'service' : 'principal',
      grantee: made.isService ? made.service : made.role,
      operations: made.operations,
      context: made.context,
      pairs: made.pairs,
      sourceArn: made.isService || made.hasSource ? made.source : '',
      retiringIs: made.isService && made.retiring === 'nobody' ? 'service' : made.retiring,
      retiring: made.retiring === 'principal' ? made.role : made.service,
    }),
  )

const valueOfType = {
  accountId,
  roleName: word(1, 30),
  principalArn: role,
  serviceName: service,
  arn: accountId.map((account) => `arn:aws:dynamodb:eu-central-1:${account}:table/t`),
  bucketArn: word(3, 40).map((name) => `arn:aws:s3:::${name}`),
  context: fc.constant(''),
}
const taskGrant: fc.Arbitrary<GrantValues> = fc
  .constantFrom(...grantTemplates)
  .chain(({ id, fields }) =>
    fc
      .record({
        taskPairs: pairs,
        taskValues: fc.record(
          Object.fromEntries(
            Object.entries(fields).map(([name, field]) => [
              name,
              field.type === 'choice'
                ? fc.constantFrom(...Object.keys(field.options))
                : valueOfType[field.type],
            ]),
          ),
        ),
      })
      .map((values) => ({ ...blankGrant, task: id, ...values })),
  )

const newKey: fc.Arbitrary<Partial<Values>> = fc
  .record({
    spec: fc.constantFrom(...Object.keys(usagesOf)),
    multiRegion: fc.boolean(),
    pick: fc.nat(20),
    from: fc.nat(20),
    store: word(1, 20),
  })
  .map(({ spec, multiRegion, pick, from, store }) => {
    const usages = usagesFor(spec)
    const free = originsFor(spec).filter(({ why }) => why === null)
    return {
      ...withSpec(
        {
          keyUsage: usages[pick % usages.length] ?? '',
          origin: free[from % free.length]?.origin ?? 'AWS_KMS',
        },
        spec,
      ),
      multiRegion,
      customKeyStoreId: `cks-${store}`,
      xksKeyId: store,
    }
  })

/** What a person can have typed that every kind takes. */
const values: fc.Arbitrary<Values> = fc
  .record({
    grant: fc.oneof(freeGrant, taskGrant),
    grantId: fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: 64,
      maxLength: 64,
    }),
    owner: word(1, 40),
    reason: word(1, 40),
    policy,
    pendingWindowInDays: fc.integer({ min: 7, max: 30 }).map(String),
    rotationPeriodInDays: fc.constantFrom('90', ' 365', '2,560'),
    alias: word(1, 30).chain((name) => fc.constantFrom(name, `alias/${name}`, `${name}/x_y-z`)),
    fromKeyArn: keyArn,
    tags: pairs,
    tagKeys: fc.uniqueArray(word(1, 20), { minLength: 1, maxLength: 5 }),
    description: word(0, 60),
    hasPolicy: fc.boolean(),
    toRegion: region,
    quotaCode: fc.constantFrom(...quotas.map(({ code }) => code)),
    desiredValue: fc.integer({ min: 1, max: 1_000_000 }).map(String),
    key: newKey,
  })
  .map(({ key, ...rest }) => ({ ...blankValues, ...rest, ...key }))

const kindName = fc.constantFrom(...formKinds.map(({ name }) => name))
const form = (kind: FormKindName): fc.Arbitrary<Form> =>
  fc
    .record({
      values,
      keys: fc.uniqueArray(keyArn, { minLength: 1, maxLength: findFormKind(kind)?.oneKey ? 1 : 5 }),
      accountId,
      region,
      end: fc.constantFrom(
        { is: 'usual' as const, hours: 24, at: { day: '', time: '' } },
        { is: 'hours' as const, hours: 168, at: { day: '', time: '' } },
        { is: 'at' as const, hours: 24, at: { day: '2027-01-31', time: '18:30' } },
        { is: 'none' as const, hours: 24, at: { day: '', time: '' } },
      ),
      startsAt: fc.constantFrom({ day: '', time: '' }, { day: '2026-12-01', time: '09:00' }),
      justification: word(1, 60),
      ticket: word(0, 20),
      title: word(0, 20),
      continuesId: fc.option(fc.uuid({ version: 4 })),
      replacesId: fc.option(fc.uuid({ version: 4 })),
    })
    .map((made) => ({ ...blankForm(kind, 'default'), ...made }))
const anyForm = kindName.chain(form)

const traitsOf = ({ name, label, group, about, end, words }: FormKind) => ({
  name,
  label,
  group,
  about,
  end,
  words,
})

describe('the list of forms', () => {
  it('has one for every kind but those of this installation, and says of each what the kind itself says', () => {
    expect(formKinds.map(({ name }) => name)).toEqual(
      Object.keys(kinds).filter((name) => !isHouseKind(name)),
    )
    for (const kind of formKinds) expect(kinds[kind.name]).toMatchObject(traitsOf(kind))
    for (const { end, atEnd } of formKinds) expect(atEnd !== undefined).toBe(end !== 'never')
  })
})

describe('what a form builds', () => {
  it('is a request, and each of its changes an input of its kind', () => {
    fc.assert(
      fc.property(anyForm, (typed) => {
        const built = toAsked(typed, now)
        if (!built.ok) throw new Error(JSON.stringify(built.errors))
        const asked = askedRequest.parse(built.asked)
        for (const change of asked.changes)
          expect(() => kinds[change.kind].parse(change.input)).not.toThrow()
      }),
      { numRuns: 600 },
    )
  })

  it('is one change for each key, in their order, in the key’s own account and Region', () => {
    fc.assert(
      fc.property(anyForm, (typed) => {
        const built = toAsked(typed, now)
        if (!built.ok || findFormKind(typed.kind)?.about === 'region') return
        expect(built.asked.changes.map(({ keyArn: arn }) => arn)).toEqual(typed.keys)
        for (const { keyArn: arn, accountId: account, region: where } of built.asked.changes)
          expect(arn).toContain(`:${where}:${account}:key/`)
      }),
    )
  })

  it('has an end only where the kind has one, later than its beginning; the usual one is left to the server', () => {
    fc.assert(
      fc.property(anyForm, (typed) => {
        const built = toAsked(typed, now)
        if (!built.ok) return
        const never = findFormKind(typed.kind)?.end === 'never'
        for (const { startsAt, endsAt } of built.asked.changes) {
          if (never || typed.end.is === 'none') expect(endsAt).toBeNull()
          else if (typed.end.is === 'usual') expect(endsAt).toBeUndefined()
          else
            expect(Date.parse(endsAt ?? '')).toBeGreaterThan(
              Date.parse(startsAt ?? now.toISOString()),
            )
        }
      }),
    )
  })

  it('keeps a time to the minute on its way into the form and out', () => {
    // Not in the hour that an autumn night has twice, in whatever zone this runs.
    fc.assert(
      fc.property(
        fc.integer({ min: 2020, max: 2050 }),
        fc.constantFrom(0, 5),
        fc.integer({ min: 0, max: 60 * 24 * 28 }),
        (year, month, minute) => {
          const at = new Date(Date.UTC(year, month, 1) + minute * 60_000).toISOString()
          expect(toInstant(toDayTime(at))?.toISOString()).toBe(at)
        },
      ),
    )
  })

  it('comes back the same from what was stored of it', () => {
    fc.assert(
      fc.property(kindName, values, (kind, typed) => {
        const stored = kinds[kind].parse(toInput(kind, typed))
        const again = kinds[kind].parse(toInput(kind, fromInput(kind, stored)))
        expect(again).toEqual(stored)
      }),
      { numRuns: 600 },
    )
  })

  it('comes back as the task that it was, while the task makes the same', () => {
    fc.assert(
      fc.property(taskGrant, fc.constantFrom(...grantTemplates), (typed, { id }) => {
        const stored = kinds['grant-create'].parse(
          toInput('grant-create', { ...blankValues, grant: typed }),
        )
        const { grant } = fromInput('grant-create', stored, typed.task)
        expect(grant).toMatchObject({ how: 'task', task: typed.task })
        expect(
          kinds['grant-create'].parse(toInput('grant-create', { ...blankValues, grant })),
        ).toEqual(stored)
        const other = fromInput('grant-create', stored, id).grant
        expect(
          kinds['grant-create'].parse(toInput('grant-create', { ...blankValues, grant: other })),
        ).toEqual(stored)
        expect(
          fromInput('grant-create', { ...stored, operations: ['RetireGrant'] }, typed.task).grant,
        ).toMatchObject({ how: 'free', operations: ['RetireGrant'] })
      }),
      { numRuns: 300 },
    )
  })
})

describe('a form with something missing', () => {
  const missing = (kind: FormKindName, changed: Partial<Form>) => {
    const built = toAsked(
      {
        ...blankForm(kind, 'default'),
        keys: ['arn:aws:kms:eu-central-1:111122223333:key/1'],
        justification: 'why',
        ...changed,
      },
      now,
    )
    return built.ok ? [] : Object.keys(built.errors)
  }

  it('says all of it at once, each at its field', () => {
    expect(
      missing('key-disable', {
        keys: [],
        justification: ' ',
        end: { is: 'at', hours: 1, at: { day: '2027-01-01', time: '' } },
      }),
    ).toEqual(['keys', 'endsAt', 'justification'])
    expect(missing('key-create', {})).toEqual(['accountId', 'region'])
    expect(missing('grant-create', {})).toEqual(['task'])
    expect(
      missing('alias-create', {
        keys: [
          'arn:aws:kms:eu-central-1:111122223333:key/1',
          'arn:aws:kms:eu-central-1:111122223333:key/2',
        ],
      }),
    ).toEqual(['keys'])
    const task = {
      ...blankValues,
      grant: { ...blankGrant, task: 'ebs-snapshot-read', taskValues: { account: '12' } },
    }
    expect(missing('grant-create', { values: task })).toEqual(['task.account', 'task.role'])
    expect(
      missing('grant-create', {
        values: { ...blankValues, grant: { ...blankGrant, how: 'free' } },
      }),
    ).toEqual(['input.granteePrincipal', 'input.operations'])
    const free = {
      ...blankValues,
      grant: { ...blankGrant, how: 'free' as const, grantee: 'arn:aws:iam::111122223333:group/g' },
    }
    expect(missing('grant-create', { values: free })).toEqual([
      'input.granteePrincipal',
      'input.operations',
    ])
  })

  it('never leaves a number that is none to be taken for one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const number = toNumber(text)
        expect(typeof number === 'string' || (Number.isFinite(number) && /\d/.test(text))).toBe(
          true,
        )
      }),
    )
    expect([
      toNumber('2,560'),
      toNumber(' 30 '),
      toNumber(''),
      toNumber('30 days'),
      toNumber('1e3'),
      toNumber('3 0'),
    ]).toEqual([2560, 30, '', '30 days', '1e3', '3 0'])
  })
})

describe('what was refused', () => {
  it('stands at the field of every change it is about, and loses no word', () => {
    const problems = fromFailure({
      code: 'invalid',
      message: 'Check.',
      fields: {
        'changes.0.input.constraints.EncryptionContextEquals.a': ['Too long.'],
        'changes.1.input': ['The key is disabled already.'],
        'changes.1.endsAt': ['It has passed.'],
        justification: ['Say why.'],
      },
    })
    expect(errorsAt(problems, ['input.constraints.EncryptionContextEquals'])).toEqual(['Too long.'])
    expect(errorsAt(problems, ['=input'])).toEqual(['The key is disabled already.'])
    expect(errorsAt(problems, ['endsAt'])).toEqual(['It has passed.'])
    expect(errorsAt(problems, ['input.operations'])).toEqual([])
    expect(problems.lines).toHaveLength(4)
    expect(problems.lines[1]).toEqual({ text: 'The key is disabled already.', change: 1 })
  })

  it('of a failure without fields is its message', () => {
    expect(fromFailure({ code: 'conflict', message: 'Read only.' }).lines).toEqual([
      { text: 'Read only.', change: null },
    ])
  })
})
