import { expect, it } from 'vitest'
import { isOwnHost } from './host.mjs'

it.each<[string, string | null, boolean]>([
  ['https://claviger.example.com', 'claviger.example.com', true],
  ['https://claviger.example.com', 'Claviger.Example.COM:443', true],
  ['https://claviger.example.com', 'claviger.example.com:80', false],
  ['https://claviger.example.com', 'claviger.example.com.evil.example', false],
  ['https://claviger.example.com', 'evil.example', false],
  ['https://claviger.example.com', '', false],
  ['https://claviger.example.com', null, false],
  ['http://localhost:3000', 'localhost:3000', true],
  ['http://localhost:3000', '127.0.0.1:3000', false],
  ['http://localhost:3000', 'localhost', false],
  ['http://localhost:3000', 'evil.example:3000', false],
  ['http://localhost:3000', 'localhost:3000.evil.example', false],
])('at %s the host %s: %s', (url, host, isOwn) => {
  expect(isOwnHost(host, url)).toBe(isOwn)
})
