import { expect, test } from 'vitest'
import { wordsOfResult } from './coverage-words'

const of = (status: string, keysDenied = 0, keysFailed = 0, keys = 31) => {
  const words = wordsOfResult({ status, keysDenied, keysFailed, keys })
  return words.of === null ? words.result : `${words.result}: ${words.of}`
}

test('how an API fell short is said with the keys it is about, and never as ok', () => {
  expect(of('denied', 31)).toBe('Denied')
  expect(of('partial', 2)).toBe('Denied: 2 of 31 keys')
  expect(of('partial', 1, 3)).toBe('Denied or failed: 4 of 31 keys')
  expect(of('partial', 0, 1, 1)).toBe('Failed: 1 of 1 key')
  expect(of('partial')).toBe('Incomplete')
  expect(of('unsupported')).toBe('Not supported here')
})
