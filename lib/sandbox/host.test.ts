import { expect, it } from 'vitest'
import { makeHostCheck } from './host'

it.each<[string | undefined, boolean]>([
  ['127.0.0.1:4599', true],
  ['localhost', true],
  ['LOCALHOST:1', true],
  ['[::1]:4599', true],
  ['aws.test:4599', true],
  ['invoices.localhost:4599', true],
  ['a.b.aws.test', true],
  ['evil.example:4599', false],
  ['localhost.evil.example', false],
  ['127.0.0.1.evil.example:4599', false],
  ['evillocalhost', false],
  ['notaws.test', false],
  ['', false],
  [undefined, false],
])('%s: %s', (host, isOurs) => {
  expect(makeHostCheck(['aws.test'])(host)).toBe(isOurs)
})
