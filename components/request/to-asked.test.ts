import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { askedRequest } from '@/lib/changes/request/ask'
import { isHouseKind } from '@/lib/changes/kinds/house'
import type { Facts } from '@/lib/changes/kinds/kind'
import { kinds, type FormKindName } from '@/lib/changes/kinds/registry'
import { grantTemplates } from '@/lib/changes/request/templates'
import { findFormKind, formKinds, formOf, type FormKind } from './kinds/list'
import { toAsked, toDayTime, toInstant } from './to-asked'
import { toNumber } from './typed'
import { anyForm, kindName, taskGrant, values } from './test/any-form'
import { blankForm, blankGrant, blankValues, type Form, type Values } from './values'

const here = { partition: 'aws' }
const toInput = (kind: FormKindName, typed: Values) => formOf(kind).toInput(typed, here)
const fromInput = (kind: FormKindName, input: Facts, task: string | null = null): Values => ({
  ...blankValues,
  ...formOf(kind).fromInput?.(input, task),
})
const now = new Date('2026-11-22T03:00:00Z')

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
})

describe('a form made of what was stored', () => {
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
})

describe('a number as it is typed', () => {
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
