import fc from 'fast-check'
import type { Scope } from '@/lib/auth/permissions'
import { noneValue, unknownValue, type Filter, type Token } from '@/lib/table/filter'
import { accounts, day, word } from './fleet'

/** Age in days of the youngest key of the fleet. */
const youngest = Math.floor((Date.now() - Date.parse(day(20))) / 86_400_000)

export const textual = fc.oneof(
  word.filter(Boolean),
  fc.constantFrom('%', '_', '\\', 'PROD', 'or', 'u'),
)

const token: fc.Arbitrary<Token> = fc.oneof(
  fc.record({
    property: fc.constantFrom('alias', 'description', 'owner', 'tag:team', 'tag:Team', 'tag:none'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'has' as const,
      'hasnt' as const,
      'starts' as const,
      'startsnt' as const,
    ),
    values: fc.array(textual, { minLength: 1, maxLength: 2 }),
  }),
  fc
    .record({
      property: fc.constantFrom(
        'alias',
        'description',
        'owner',
        'tag:team',
        'grants',
        'lastUse',
        'created',
      ),
      operator: fc.constantFrom('eq' as const, 'ne' as const),
      values: fc.constantFrom([unknownValue], [noneValue]),
    })
    .filter(
      ({ property, values }) =>
        !(['grants', 'created'].includes(property) && values[0] === noneValue),
    ),
  fc.record({
    property: fc.constant('grants'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'lt' as const,
      'le' as const,
      'gt' as const,
      'ge' as const,
    ),
    values: fc.array(fc.integer({ min: -1, max: 6 }).map(String), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    property: fc.constant('ageDays'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'lt' as const,
      'le' as const,
      'gt' as const,
      'ge' as const,
    ),
    values: fc.array(
      fc.integer({ min: -3, max: 45 }).map((n) => String(youngest + n / 2)),
      { minLength: 1, maxLength: 1 },
    ),
  }),
  fc.record({
    property: fc.constantFrom('lastUse', 'created'),
    operator: fc.constantFrom(
      'eq' as const,
      'ne' as const,
      'lt' as const,
      'le' as const,
      'gt' as const,
      'ge' as const,
    ),
    values: fc.array(
      fc.integer({ min: 0, max: 21 }).map((n) => day(n).slice(0, 10)),
      { minLength: 1, maxLength: 2 },
    ),
  }),
  fc.record({
    property: fc.constantFrom('state', 'rotation', 'account', 'region', 'gone'),
    operator: fc.constantFrom('eq' as const, 'ne' as const),
    values: fc.array(
      fc.constantFrom(
        'Enabled',
        'Disabled',
        'unknown',
        'on',
        'off',
        'yes',
        'no',
        '111111111111',
        'eu-west-1',
      ),
      { minLength: 1, maxLength: 3 },
    ),
  }),
  fc.record({
    property: fc.constant('account'),
    operator: fc.constantFrom('has' as const, 'hasnt' as const),
    values: fc.array(fc.constantFrom('pay', '100%', '_', '1111', 'zz'), {
      minLength: 1,
      maxLength: 2,
    }),
  }),
)

const operation = fc.constantFrom('and' as const, 'or' as const)

/** Any filter that the table of keys can be given. */
export const filter: fc.Arbitrary<Filter> = fc.record({
  operation,
  terms: fc.array(
    fc.oneof(
      token,
      fc.record({ operation, tokens: fc.array(token, { minLength: 1, maxLength: 3 }) }),
    ),
    { maxLength: 4 },
  ),
})

/** Any accounts that somebody can see. */
export const scope: fc.Arbitrary<Scope> = fc.oneof(
  fc.constant({ all: true } as const),
  fc
    .subarray(accounts.map(({ id }) => id))
    .map((accountIds) => ({ all: false as const, accountIds })),
)
