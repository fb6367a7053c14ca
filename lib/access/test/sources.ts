import { parsePolicy } from '../../policy/parse'
import type { Grant } from '../../policy/grants'
import { type Sources } from '../gather'
import { gatherIam } from '../iam-facts'
import { type KeyFacts } from '../key-facts'

/**
 * An account whose role `a` may do everything, and keys with whatever policy
 * and grants a test gives them.
 */
export const account = '111122223333'
const arn = `arn:aws:kms:eu-west-1:${account}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
export const role = (name: string, of = account) => `arn:aws:iam::${of}:role/${name}`

const allowAll = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
})

export const details = {
  inlinePolicies: [{ name: 'all', document: allowAll }],
  attachedPolicyArns: [],
  permissionsBoundaryArn: null,
  tags: {},
  trustPolicy: null,
}

export const sources: Sources = {
  iam: gatherIam(new Set([account]), [
    {
      arn: role('a'),
      accountId: account,
      kind: 'role',
      name: 'a',
      path: '/',
      uniqueId: 'AROA1',
      details,
    },
  ]),
  organization: null,
}

export const keyOf = (
  statements: readonly object[],
  grants: readonly Grant[],
  more: Partial<KeyFacts> = {},
): KeyFacts => ({
  arn,
  accountId: account,
  keyUsage: 'ENCRYPT_DECRYPT',
  keyManager: 'CUSTOMER',
  keyState: 'Enabled',
  policy: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'key'),
  grants,
  resourceControlPolicies: undefined,
  organizationId: null,
  context: { 'kms:KeySpec': 'SYMMETRIC_DEFAULT' },
  ...more,
})
