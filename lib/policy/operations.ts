/** What aws-facts 1.2 to 1.8 and 4.3 say of KMS operations, by lower-case action name without the prefix. */
const names = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().split(/\s+/))

const crypto = 'Encrypt Decrypt ReEncryptFrom ReEncryptTo ReEncrypt GenerateDataKey GenerateDataKeyWithoutPlaintext GenerateDataKeyPair '
  + 'GenerateDataKeyPairWithoutPlaintext GenerateMac VerifyMac Sign Verify DeriveSharedSecret Encapsulate Decapsulate'

/** Column X: these alone have an effect for a caller of another account. */
const crossAccount = names(`${crypto} CreateGrant DescribeKey GetKeyRotationStatus GetPublicKey ListGrants RetireGrant RevokeGrant`)
/** Permission I: an IAM policy decides alone, on resource `*`. */
const iamOnly = names('CreateKey ListKeys ListAliases ListRetirableGrants GenerateRandom CreateCustomKeyStore DeleteCustomKeyStore '
  + 'UpdateCustomKeyStore ConnectCustomKeyStore DisconnectCustomKeyStore DescribeCustomKeyStores')
const onAlias = names('CreateAlias UpdateAlias DeleteAlias')
/** GrantOperation of the API model (aws-facts 5): no grant can allow anything else. */
const grantable = names(`${crypto.replace(' ReEncrypt ', ' ')} CreateGrant DescribeKey GetPublicKey RetireGrant`)
const throughAlias = names(`${crypto} DescribeKey GetPublicKey`)

/** `kms:Decrypt` in any case -> `decrypt`; '' for what is no action of KMS. */
export function operationOf(action: string): string {
  const lower = action.toLowerCase()
  return lower.startsWith('kms:') ? lower.slice(4) : ''
}

export function worksAcrossAccounts(operation: string): boolean {
  return crossAccount.has(operation)
}

export function isIamOnly(operation: string): boolean {
  return iamOnly.has(operation)
}

/**
 * Tells whether it tags a key that is being made: with CreateKey or ReplicateKey, asked on `*`, and
 * decided by IAM policies alone, since the key has no policy yet.
 */
export function isTaggingNewKey(operation: string, resource: string): boolean {
  return operation === 'tagresource' && resource === '*'
}

export function isGrantable(operation: string): boolean {
  return grantable.has(operation)
}

export function isAliasOperation(operation: string): boolean {
  return onAlias.has(operation)
}

/** May be called with an alias in place of the key, and then brings kms:RequestAlias. */
export function takesAlias(operation: string): boolean {
  return throughAlias.has(operation)
}
