import fc from 'fast-check'
import { expect, test } from 'vitest'
import { selects } from '../../sandbox/trail/selectors'
import { kmsOfSelectors } from './kms-of-selectors'

const kms = 'kms.amazonaws.com'

test('a trail that leaves out events of KMS is told from one that does not, in words', () => {
  expect(kmsOfSelectors({ basic: [{ ReadWriteType: 'All' }] })).toEqual({ kms: 'all', words: null })
  expect(
    kmsOfSelectors({
      basic: [{ IncludeManagementEvents: true, ExcludeManagementEventSources: [kms] }],
    }),
  ).toEqual({ kms: 'none', words: 'Its event selectors exclude all events of KMS.' })
  expect(kmsOfSelectors({ basic: [{ ReadWriteType: 'WriteOnly' }] }).words).toBe(
    'Its event selectors leave out all read events of KMS, uses of keys among them.',
  )
  const management = { Field: 'eventCategory', Equals: ['Management'] }
  expect(
    kmsOfSelectors({
      advanced: [{ FieldSelectors: [management, { Field: 'eventSource', NotEquals: [kms] }] }],
    }).kms,
  ).toBe('none')
  expect(
    kmsOfSelectors({
      advanced: [
        { FieldSelectors: [management, { Field: 'eventName', NotStartsWith: ['Decrypt'] }] },
        { FieldSelectors: [management, { Field: 'readOnly', Equals: ['false'] }] },
      ],
    }),
  ).toEqual({
    kms: 'some',
    words: 'Its event selectors leave out some read events of KMS, uses of keys among them.',
  })
})

const sources = fc.subarray([kms, 'rdsdata.amazonaws.com'])
const basic = fc.record({
  ReadWriteType: fc.constantFrom('All' as const, 'ReadOnly' as const, 'WriteOnly' as const),
  IncludeManagementEvents: fc.boolean(),
  ExcludeManagementEventSources: sources,
})
const test_ = fc.constantFrom('Equals', 'NotEquals', 'StartsWith', 'NotStartsWith', 'EndsWith')
const fieldSelector = fc
  .tuple(
    fc.constantFrom(
      ['eventCategory', 'Management'],
      ['eventSource', kms],
      ['eventSource', 's3.amazonaws.com'],
      ['readOnly', 'true'],
      ['readOnly', 'false'],
    ),
    test_,
  )
  .map(([[Field = '', value = ''], name]) => ({ Field, [name]: [value] }))
const advanced = fc.record({
  FieldSelectors: fc.array(fieldSelector, { minLength: 1, maxLength: 3 }),
})

test('reads and writes that it says are taken are those that CloudTrail takes', () => {
  const take = (readOnly: boolean, selectors: Parameters<typeof selects>[0]) =>
    selects(selectors, { eventName: 'x', eventSource: kms, readOnly })
  fc.assert(
    fc.property(fc.array(basic, { maxLength: 3 }), fc.array(advanced, { maxLength: 3 }), (b, a) => {
      const said = [
        [
          kmsOfSelectors({ basic: b }).kms,
          {
            kind: 'basic' as const,
            selectors: b.map((one) => ({
              readWriteType: one.ReadWriteType,
              includesManagement: one.IncludeManagementEvents,
              excludedSources: one.ExcludeManagementEventSources,
            })),
          },
        ],
        [
          kmsOfSelectors({ advanced: a }).kms,
          {
            kind: 'advanced' as const,
            selectors: a.map(({ FieldSelectors }) => ({
              fields: FieldSelectors.map(({ Field, ...tests }) => ({
                field: Field,
                tests: new Map(Object.entries(tests)),
              })),
            })),
          },
        ],
      ] as const
      for (const [found, selectors] of said) {
        const taken = [true, false].filter((readOnly) => take(readOnly, selectors as never))
        expect(found).toBe(taken.length === 2 ? 'all' : taken.length === 1 ? 'some' : 'none')
      }
    }),
  )
})
