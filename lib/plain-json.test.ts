import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findNotPlain } from './plain-json'

it('passes whatever JSON can say, and members left out', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => findNotPlain(value) === null))
  expect(findNotPlain({ endsAt: undefined, list: [1, undefined] })).toBeNull()
})

/** As React's server hands over a `$T`: whoever looks at a member is thrown at. */
const temporaryReference = new Proxy(() => {}, {
  get() {
    throw new Error('Cannot access it on the server.')
  },
  getPrototypeOf() {
    throw new Error('Cannot access it on the server.')
  },
})

it('names where something stands that is no JSON, without looking into it', () => {
  const strange: unknown[] = [
    temporaryReference,
    () => 1,
    Promise.resolve(1),
    new Date(),
    new Map(),
    new Set(),
    1n,
    Symbol('x'),
    NaN,
    -Infinity,
    new File([], 'x'),
    new FormData(),
    new Uint8Array(2),
    /x/,
    new (class Grant {})(),
    [][Symbol.iterator](),
  ]
  for (const value of strange) {
    expect(findNotPlain(value)).toEqual([])
    expect(findNotPlain({ changes: [{ input: value }] })).toEqual(['changes', '0', 'input'])
  }
})

it('refuses what is nested beyond reason', () => {
  let deep: unknown = 1
  for (let i = 0; i < 200; i++) deep = [deep]
  expect(findNotPlain(deep)).not.toBeNull()
})
