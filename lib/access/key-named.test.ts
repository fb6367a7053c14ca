import { expect, it } from 'vitest'
import { keysNamed } from './key-named'

const key = (keyId: string, region: string, ...aliases: string[]) => ({
  keyId,
  region,
  accountId: '111122223333',
  aliases,
})
const west = key('11111111-aaaa', 'eu-west-1', 'alias/app', 'alias/app/old')
const north = key('22222222-bbbb', 'eu-north-1', 'alias/app')
const other = key('33333333-cccc', 'eu-west-1', 'alias/application')
const all = [west, north, other]

it('finds a key by its id and by its alias, whole', () => {
  expect(keysNamed('11111111-aaaa', all)).toEqual([west])
  expect(keysNamed(' alias/application ', all)).toEqual([other])
  expect(keysNamed('app/old', all)).toEqual([west])
  expect(keysNamed('alias/appl', all)).toEqual([])
  expect(keysNamed('11111111', all)).toEqual([])
})

it('finds every key of an alias that several Regions have, and the one of an ARN', () => {
  expect(keysNamed('alias/app', all)).toEqual([west, north])
  expect(keysNamed('arn:aws:kms:eu-north-1:111122223333:alias/app', all)).toEqual([north])
  expect(keysNamed('arn:aws:kms:eu-north-1:999999999999:alias/app', all)).toEqual([])
})
