/** Quotas of KMS that AWS raises on request (aws-facts 6.1, 6.2): per account and Region, the default in requests a second unless said. */
type Quota = { code: string; name: string; usual: string }

const rate = (name: string, usual: string, code: string): Quota => ({ code, name: `${name} request rate`, usual: `${usual} a second` })

export const quotas: readonly Quota[] = [
  rate('Cryptographic operations (symmetric)', '10,000, 20,000 or 100,000, by Region,', 'L-6E3AF000'),
  rate('Cryptographic operations (RSA)', '1,000', 'L-2AC98190'), rate('Cryptographic operations (ECC & SM2)', '1,000', 'L-DC14942D'), rate('Cryptographic operations (ML-DSA)', '1,000', 'L-3C995F2B'),
  { code: 'L-C2F1777E', name: 'Customer Master Keys (CMKs)', usual: '100,000' }, { code: 'L-D594A657', name: 'Grants per CMK', usual: '50,000' },
  { code: 'L-340F62FB', name: 'Aliases per CMK', usual: '50' }, { code: 'L-F33DCFEB', name: 'Custom Key Stores', usual: '10' },
  rate('CreateGrant', '50', 'L-0428A42E'), rate('RevokeGrant', '50', 'L-F20EBCB7'), rate('RetireGrant', '50', 'L-74021A59'), rate('ListGrants', '100', 'L-D39AB822'),
  rate('DescribeKey', '2,000', 'L-FAE8F084'), rate('ListKeys', '500', 'L-8A08DAEA'), rate('ListAliases', '500', 'L-BF3F8F1D'), rate('ListResourceTags', '2,000', 'L-FB6513A2'),
  rate('ListKeyPolicies', '100', 'L-79E0D0AB'), rate('ListKeyRotations', '100', 'L-171660E4'), rate('ListRetirableGrants', '100', 'L-161E93A6'),
  rate('GetKeyPolicy', '1,000', 'L-A2A30EC6'), rate('GetKeyRotationStatus', '1,000', 'L-D7711EF4'), rate('GetPublicKey', '2,000', 'L-E4FBCA5E'),
  rate('CreateKey', '5', 'L-32B67F4A'), rate('PutKeyPolicy', '15', 'L-9DDDE6CA'), rate('EnableKey', '5', 'L-BD96F100'), rate('DisableKey', '5', 'L-6B8C93BD'),
  rate('ScheduleKeyDeletion', '15', 'L-88313D4A'), rate('CancelKeyDeletion', '5', 'L-635264CC'), rate('EnableKeyRotation', '15', 'L-BE799B67'), rate('DisableKeyRotation', '5', 'L-CE1DB614'),
  rate('CreateAlias', '5', 'L-F7504F73'), rate('UpdateAlias', '5', 'L-DB3BF542'), rate('DeleteAlias', '15', 'L-1F75ADD1'), rate('TagResource', '10', 'L-7D6DE447'), rate('UntagResource', '5', 'L-6375F442'),
  rate('UpdateKeyDescription', '5', 'L-A3828E1F'), rate('ReplicateKey', '5', 'L-E1C93865'), rate('UpdatePrimaryRegion', '5', 'L-F83AC7F7'),
  rate('ImportKeyMaterial', '15', 'L-99631835'), rate('DeleteImportedKeyMaterial', '15', 'L-1233BF9B'), rate('GetParametersForImport', '1', 'L-515A0541'),
  rate('GenerateDataKeyPair (ECC_NIST_P256)', '100', 'L-D2EEB5E0'), rate('GenerateDataKeyPair (ECC_NIST_P384)', '100', 'L-16B46EF0'), rate('GenerateDataKeyPair (ECC_NIST_P521)', '100', 'L-1D966DA0'),
  rate('GenerateDataKeyPair (ECC_SECG_P256K1)', '100', 'L-3B372FA9'), rate('GenerateDataKeyPair (RSA_2048)', '20', 'L-77042783'),
  rate('GenerateDataKeyPair (RSA_3072)', '4', 'L-AE57B391'), rate('GenerateDataKeyPair (RSA_4096)', '1', 'L-FCE4492D'),
]
