import { expect, test } from 'vitest'
import { accountOf, issuerClassOf, readGrant } from './grant-facts'

test.each([
  [{ GranteeServicePrincipal: 'rds.amazonaws.com' }, 'awsService'],
  [{ GranteePrincipal: 'dynamodb.us-west-2.amazonaws.com' }, 'awsService'],
  [{ GranteePrincipal: 'dms.cn-north-1.amazonaws.com.cn' }, 'awsService'],
  [
    {
      GranteePrincipal:
        'arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
    },
    'awsService',
  ],
  [
    {
      GranteePrincipal: 'arn:aws:sts::111122223333:assumed-role/aws:ec2-infrastructure/i-0example',
    },
    'awsService',
  ],
  [
    { GranteePrincipal: 'arn:aws:sts::111122223333:assumed-role/deploy/aws:ec2-infrastructure' },
    'human',
  ],
  [{ GranteePrincipal: 'arn:aws:iam::111122223333:role/evil.amazonaws.com' }, 'human'],
  [{ GranteePrincipal: 'arn:aws:iam::111122223333:role/app' }, 'human'],
  [{}, 'human'],
] as const)('%o is of %s', (grant, kind) => {
  expect(issuerClassOf(grant)).toBe(kind)
})

test('the account of a grantee, where it says one', () => {
  expect(accountOf('arn:aws:iam::444455556666:root')).toBe('444455556666')
  expect(accountOf('arn:aws:sts::444455556666:assumed-role/a/b')).toBe('444455556666')
  expect(accountOf('444455556666')).toBe('444455556666')
  expect(accountOf('AROAEXAMPLEID')).toBeNull()
  expect(accountOf('dynamodb.us-west-2.amazonaws.com')).toBeNull()
})

test('a grant without a name has none, though AWS sends an empty one', () => {
  expect(
    readGrant('arn:aws:kms:eu-west-1:111122223333:key/k', { GrantId: 'g', Name: '' }, 'now').name,
  ).toBeNull()
})
