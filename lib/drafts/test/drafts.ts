import fc from 'fast-check'
import type { KeyFacts } from '../../access/key-facts'
import {
  accountOfPrincipal,
  kindOfPrincipal,
  nameOfPrincipal,
  type PrincipalFacts,
} from '../../access/principal-facts'
import { parsePolicy } from '../../policy/parse'

export const home = '111122223333'
export const abroad = '444455556666'
const keyArn = `arn:aws:kms:eu-west-1:${home}:key/1234abcd-12ab-34cd-56ef-1234567890ab`
export const root = `arn:aws:iam::${home}:root`
export const writer = `arn:aws:iam::${home}:role/ClavigerWrite`
export const reader = `arn:aws:iam::${home}:role/ClavigerRead`
export const admin = `arn:aws:iam::${home}:role/admin`
export const app = `arn:aws:iam::${home}:role/app`
export const outsider = `arn:aws:iam::${abroad}:role/guest`

const everything = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }],
}

/**
 * What one principal is to the key. `mayAll`: IAM of its account lets it do
 * everything; null: we may not see.
 */
export function principal(id: string, mayAll: boolean | null = true): PrincipalFacts {
  const kind = kindOfPrincipal(id)
  const accountId = accountOfPrincipal(id)
  const isAccount = kind === 'account' || kind === 'service' || kind === 'anyone'
  return {
    id,
    kind,
    name: nameOfPrincipal(id),
    accountId,
    connected: mayAll !== null,
    nearness:
      id === '*'
        ? 'anyone'
        : accountId === home
          ? 'account'
          : kind === 'service'
            ? 'aws'
            : 'outside',
    identityPolicies: isAccount ? undefined : mayAll === null ? null : mayAll ? [everything] : [],
    permissionBoundaries: undefined,
    serviceControlPolicies: undefined,
    titles: { identityPolicies: [], permissionBoundaries: [] },
    context: {},
  }
}

export type Statement = Record<string, unknown>
export const policy = (...Statement: Statement[]) =>
  parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement }), 'key')
export const allow = (
  AWS: string | string[],
  Action: string | string[] = 'kms:*',
  more: Statement = {},
): Statement => ({ Effect: 'Allow', Principal: { AWS }, Action, Resource: '*', ...more })
export const deny = (
  AWS: string | string[],
  Action: string | string[] = 'kms:*',
  more: Statement = {},
): Statement => ({ ...allow(AWS, Action, more), Effect: 'Deny' })

export const keyWith = (...statements: Statement[]): KeyFacts => ({
  arn: keyArn,
  accountId: home,
  keyUsage: 'ENCRYPT_DECRYPT',
  keyManager: 'CUSTOMER',
  keyState: 'Enabled',
  policy: policy(...statements),
  grants: [],
  resourceControlPolicies: undefined,
  organizationId: null,
  context: {},
})

export const everybody: readonly PrincipalFacts[] = [
  principal(root),
  principal(writer),
  principal(reader),
  principal(admin),
  principal(app, false),
  principal(outsider, null),
  principal(`arn:aws:iam::${abroad}:root`),
  principal('logs.amazonaws.com'),
  principal('*'),
]

const names = fc.uniqueArray(
  fc.constantFrom(root, writer, admin, app, outsider, `arn:aws:iam::${abroad}:root`, '*'),
  { minLength: 1, maxLength: 3 },
)
const actions = fc.uniqueArray(
  fc.constantFrom(
    'kms:*',
    'kms:Decrypt',
    'kms:Encrypt',
    'kms:Generate*',
    'kms:PutKeyPolicy',
    'kms:CreateGrant',
    'kms:DescribeKey',
  ),
  { minLength: 1, maxLength: 3 },
)
const conditions = fc.constantFrom<Statement>(
  {},
  {},
  { Condition: { StringEquals: { 'kms:ViaService': 's3.eu-west-1.amazonaws.com' } } },
  { Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } },
  { Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
)
const ofEffect = (make: typeof allow) =>
  fc.tuple(names, actions, conditions).map(([who, what, when]) => make(who, what, when))

export const allows = ofEffect(allow)
export const denies = ofEffect(deny)
export const statements = fc.array(
  fc.oneof({ weight: 3, arbitrary: allows }, { weight: 1, arbitrary: denies }),
  { minLength: 1, maxLength: 5 },
)
