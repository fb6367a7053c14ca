import { expect, it } from 'vitest'
import { askedRequest } from './ask'
import { boundedDay, boundedTime } from './bounded-time'

const yearsAhead = (years: number) =>
  new Date(Date.now() + years * 365.25 * 86_400_000).toISOString()
const time = boundedTime('Say a time.')

it.each([
  '2026-11-29T23:00:00Z',
  '2000-01-01T00:00:00Z',
  '2026-11-29T23:00:00+05:45',
  yearsAhead(9.9),
])('takes %s', (text) => {
  expect(time.safeParse(text).success).toBe(true)
  expect(boundedDay().safeParse(text.slice(0, 10)).success).toBe(true)
})

const odd = [
  '9999-12-31T23:59:59-23:59',
  '9999-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '0000-01-01T00:00:00+23:59',
  '0099-01-01T00:00:00Z',
  '1999-12-31T23:59:59Z',
  '2000-01-01T00:00:00+00:01',
  yearsAhead(10.1),
]
it.each(odd)('refuses %s in words, as the start and as the end of a change', (text) => {
  expect(time.safeParse(text).error?.issues[0]?.message).toContain('10 years')
  const change = {
    kind: 'key-disable',
    accountId: null,
    region: null,
    keyArn: null,
    input: {},
    startsAt: null,
  }
  for (const when of [{ startsAt: text }, { endsAt: text }]) {
    const asked = askedRequest.safeParse({ justification: 'x', changes: [{ ...change, ...when }] })
    expect(asked.error?.issues.map(({ path }) => path.join('.'))).toEqual([
      `changes.0.${Object.keys(when)[0]}`,
    ])
  }
})

it.each(['0000-01-01', '9999-12-31', '2026-02-30', 'soon'])('refuses the day %s', (day) => {
  expect(boundedDay().safeParse(day).success).toBe(false)
})
