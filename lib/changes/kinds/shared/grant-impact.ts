/** What a grant that is asked for would mean, in words. Pure. */
import { accountOf } from '../../../inventory/sync/grant-facts'
import type { About, Impact } from '../kind'
import { granteeOf, type GrantInput } from './grant-input'
import { grantableOperations, isSymmetric, type KeyShape } from '../../../kms/grant-operations'
import { sayMoment } from './moment'
import { accountOfArn, parseArn } from '../../../kms/arn'

export type KeyNow = KeyShape & { keyState: string }

/**
 * Says why KMS would refuse CreateGrant on this key; null: nothing known speaks against it. By the
 * key's state (lib/kms/README.md, "Key states") and type (lib/kms/README.md, "Grants").
 */
export function refuseGrant(
  now: KeyNow,
  { input, place }: Pick<About<GrantInput>, 'input' | 'place'>,
): string | null {
  return (
    refuseForState(now.keyState) ??
    refuseForSpec(now, input) ??
    refuseForPartition(place.partition, input)
  )
}

function refuseForState(keyState: string): string | null {
  switch (keyState) {
    case 'Disabled':
      return 'The key is disabled: KMS makes no grants on it until it is enabled.'
    case 'PendingDeletion':
    case 'PendingReplicaDeletion':
      return 'The key is waiting for its deletion: KMS makes no grants on it.'
    case 'PendingImport':
      return 'The key has no key material yet: KMS makes no grants on it.'
    case 'Creating':
      return 'The key is still being created.'
    default:
      return null
  }
}

function refuseForSpec(now: KeyNow, { operations, constraints }: GrantInput): string | null {
  const allowed = grantableOperations(now)
  const wrong = allowed ? operations.filter((operation) => !allowed.includes(operation)) : []
  if (wrong.length > 0)
    return `A key of spec ${now.keySpec} for ${now.keyUsage} cannot do ${wrong.join(', ')}.`
  if (
    !isSymmetric(now) &&
    (constraints?.EncryptionContextEquals || constraints?.EncryptionContextSubset)
  ) {
    return `An encryption context constrains only symmetric encryption keys; this one is ${now.keySpec}.`
  }
  return null
}

function refuseForPartition(partition: string, input: GrantInput): string | null {
  for (const named of [
    input.granteePrincipal,
    input.retiringPrincipal,
    input.constraints?.SourceArn ?? null,
  ]) {
    const other = parseArn(named ?? '')?.partition
    if (other !== undefined && other !== partition)
      return `${named} is in partition ${other}, the key in ${partition}: no access crosses that border.`
  }
  return null
}

export type Scope = {
  /** The grantee's account when it is another than the key's. */
  foreignAccount: string | null
  wholeAccount: boolean
  /** Bound to an encryption context, or to a resource of a service. */
  bound: boolean
}

/**
 * Tells how far a grant reaches. Also of grants that exist already: only what both have is read.
 */
export function scopeOf(
  grant: Pick<GrantInput, 'granteePrincipal' | 'constraints'>,
  keyAccountId: string,
): Scope {
  const grantee =
    accountOf(grant.granteePrincipal ?? undefined) ??
    (grant.constraints?.SourceArn === undefined ? null : accountOfArn(grant.constraints.SourceArn))
  return {
    foreignAccount: grantee === null || grantee === keyAccountId ? null : grantee,
    wholeAccount: grant.granteePrincipal?.endsWith(':root') ?? false,
    bound: Boolean(
      grant.constraints?.EncryptionContextEquals ??
        grant.constraints?.EncryptionContextSubset ??
        grant.constraints?.SourceArn,
    ),
  }
}

const effectTexts: Readonly<Record<string, string>> = {
  Decrypt: 'read what is encrypted under this key',
  Encrypt: 'encrypt under this key',
  GenerateDataKey: 'make data keys, and with them encrypt',
  GenerateDataKeyWithoutPlaintext: 'make data keys for later use',
  GenerateDataKeyPair: 'make pairs of data keys',
  GenerateDataKeyPairWithoutPlaintext: 'make pairs of data keys for later use',
  ReEncryptFrom: 'move ciphertexts from this key to another',
  ReEncryptTo: 'move ciphertexts from another key to this one',
  Sign: 'sign in this key’s name',
  Verify: 'verify its signatures',
  GetPublicKey: 'fetch its public key',
  GenerateMac: 'make MACs with it',
  VerifyMac: 'verify its MACs',
  DeriveSharedSecret: 'derive shared secrets with it',
  Encapsulate: 'encapsulate secrets for it',
  Decapsulate: 'open secrets encapsulated for it',
  DescribeKey: 'see what key it is',
  CreateGrant: 'pass on grants of what it holds itself',
  RetireGrant: 'give this grant up',
}

/**
 * Grants of a key from which on a person should know: a key can have 50,000 unless the quota was
 * raised (lib/kms/README.md, "Grants").
 */
const manyGrants = 40_000

/** Says what the grant lets its grantee do, and what is easily overlooked. */
export function describeGrantImpact({
  input,
  place,
  endsAt,
  key,
}: Pick<About<GrantInput>, 'input' | 'place' | 'endsAt' | 'key'>): Impact {
  const grantee = granteeOf(input)
  const scope = scopeOf(input, place.accountId)
  return {
    effects: [
      ...input.operations.map(
        (operation) => `${grantee} can ${effectTexts[operation] ?? operation} (${operation}).`,
      ),
      ...describeConstraints(input),
      ...describeRetiring(input),
      scope.wholeAccount
        ? `Who in account ${accountOf(input.granteePrincipal ?? undefined) ?? ''} may use it ` +
          'is decided by the IAM policies there.'
        : 'The grant is enough by itself: neither the key policy nor an IAM policy has to allow it as well.',
      endsAt ? `It is revoked at ${sayMoment(endsAt)}.` : 'It stays until somebody revokes it.',
    ],
    warnings: [
      ...listWarnings(input, scope, endsAt),
      ...(key?.grantCount && key.grantCount > manyGrants
        ? [
            `The key has ${key.grantCount.toLocaleString('en')} grants already; unless the ` +
              'quota was raised, KMS allows 50,000.',
          ]
        : []),
    ],
  }
}

const sayPairs = (pairs: Record<string, string>) =>
  Object.entries(pairs)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ')

function describeConstraints({ constraints }: GrantInput): string[] {
  const {
    EncryptionContextEquals: equals,
    EncryptionContextSubset: subset,
    SourceArn: sourceArn,
  } = constraints ?? {}
  return [
    ...(equals ? [`Only with exactly this encryption context: ${sayPairs(equals)}.`] : []),
    ...(subset ? [`Only with an encryption context in which there is: ${sayPairs(subset)}.`] : []),
    ...(sourceArn === undefined ? [] : [`Only on behalf of ${sourceArn}.`]),
  ]
}

function describeRetiring({ retiringPrincipal, retiringServicePrincipal }: GrantInput): string[] {
  const retiring = retiringPrincipal ?? retiringServicePrincipal
  return retiring === null ? [] : [`${retiring} can retire it.`]
}

function listWarnings(input: GrantInput, scope: Scope, endsAt: string | null): string[] {
  const { operations, constraints } = input
  const contexts = constraints?.EncryptionContextEquals ?? constraints?.EncryptionContextSubset
  return [
    ...(scope.foreignAccount === null
      ? []
      : [`Account ${scope.foreignAccount} gets access to a key that is not its own.`]),
    ...(operations.includes('CreateGrant')
      ? [
          'Whoever holds it can make more grants; those do not end with this one and have no end of their own.',
        ]
      : []),
    ...(contexts &&
    operations.some((operation) => operation === 'DescribeKey' || operation === 'RetireGrant')
      ? ['DescribeKey and RetireGrant do not heed the encryption context.']
      : []),
    ...(contexts
      ? ['The encryption context stands in CloudTrail in plain text: it must hold no secrets.']
      : []),
    ...(constraints?.SourceArn !== undefined && input.granteePrincipal !== null
      ? [
          'Only requests that an AWS service makes on behalf of that resource carry its ARN: ' +
            'direct calls of this principal are refused.',
        ]
      : []),
    ...(endsAt ? [] : ['KMS grants have no end of their own.']),
    'It can take some seconds, rarely minutes, until KMS heeds a new grant everywhere, and ' +
      'as long until it heeds its end.',
  ]
}
