import { expect, test } from 'vitest'
import { nameOfPrincipal } from './principal-facts'
import { account } from './test/sources'

test('an Identity Center role is read by the name of its permission set', () => {
  expect(
    nameOfPrincipal(
      `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-west-1/` +
        'AWSReservedSSO_KeyAdministrator_3eacea019cc3a5ac',
    ),
  ).toBe('KeyAdministrator (permission set)')
})
