import { expect, test } from 'vitest'
import { parseAccountsFile } from './accounts-file'

const account = {
  id: '111122223333',
  name: 'prod',
  readRoleArn: 'arn:aws:iam::111122223333:role/path/ClavigerRead',
}
const parse = (value: unknown) =>
  parseAccountsFile(typeof value === 'string' ? value : JSON.stringify(value), '/etc/accounts.json')

test('a list as documented is read, with what is left out', () => {
  expect(parse([account])).toEqual([{ ...account, writeRoleArn: null, regions: [] }])
  expect(
    parse([{ ...account, regions: ['eu-central-1', 'us-gov-west-1'] }])[0]?.regions,
  ).toHaveLength(2)
})

test.each([
  ['no JSON', '[{', /accounts\.json is no JSON/],
  ['no list', {}, /the list/],
  ['a short id', [{ ...account, id: '1' }], /account 1, id: must be 12 digits/],
  [
    'a role of another account',
    [{ ...account, readRoleArn: 'arn:aws:iam::999999999999:role/X' }],
    /account 1, readRoleArn: is a role of account 999999999999, not of 111122223333/,
  ],
  [
    'a user',
    [{ ...account, readRoleArn: 'arn:aws:iam::111122223333:user/x' }],
    /must be the ARN of an IAM role/,
  ],
  ['twice', [account, account], /account 2, id: 111122223333 stands in the list twice/],
  ['a wrong Region', [{ ...account, regions: ['Frankfurt'] }], /must be a Region/],
  ['an unknown field', [{ ...account, readRole: 'x' }], /account 1/],
])('%s: one clear line', (_, value, message) => {
  expect(() => parse(value)).toThrow(message)
  try {
    parse(value)
  } catch (error) {
    expect(String(error)).not.toContain('\n')
  }
})
