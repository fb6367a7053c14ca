/**
 * Quotas of KMS that AWS raises on request, as Service Quotas names them. Pure. AWS's pages:
 * lib/kms/README.md, "Quotas".
 */
import { operations } from './operations'

/** `usual`: what AWS gives by default, in words; for each account and Region. */
export type Quota = { code: string; name: string; usual: string }

const sayRate = (perSecond: number) => `${perSecond.toLocaleString('en')} a second`
const rate = (name: string, usual: string, code: string): Quota => ({
  code,
  name: `${name} request rate`,
  usual,
})

/** Shared by several operations, by the kind of key. */
const shared: readonly Quota[] = [
  rate(
    'Cryptographic operations (symmetric)',
    '10,000, 20,000 or 100,000, by Region, a second',
    'L-6E3AF000',
  ),
  rate('Cryptographic operations (RSA)', sayRate(1_000), 'L-2AC98190'),
  rate('Cryptographic operations (ECC & SM2)', sayRate(1_000), 'L-DC14942D'),
  rate('Cryptographic operations (ML-DSA)', sayRate(1_000), 'L-3C995F2B'),
]

const resources: readonly Quota[] = [
  { code: 'L-C2F1777E', name: 'Customer Master Keys (CMKs)', usual: '100,000' },
  { code: 'L-D594A657', name: 'Grants per CMK', usual: '50,000' },
  { code: 'L-340F62FB', name: 'Aliases per CMK', usual: '50' },
  { code: 'L-F33DCFEB', name: 'Custom Key Stores', usual: '10' },
]

const ofOperations = Object.entries(operations).flatMap(([name, { quota }]) =>
  quota?.code ? [rate(name, sayRate(quota.perSecond), quota.code)] : [],
)

const keyPairs: readonly Quota[] = [
  rate('GenerateDataKeyPair (ECC_NIST_P256)', sayRate(100), 'L-D2EEB5E0'),
  rate('GenerateDataKeyPair (ECC_NIST_P384)', sayRate(100), 'L-16B46EF0'),
  rate('GenerateDataKeyPair (ECC_NIST_P521)', sayRate(100), 'L-1D966DA0'),
  rate('GenerateDataKeyPair (ECC_SECG_P256K1)', sayRate(100), 'L-3B372FA9'),
  rate('GenerateDataKeyPair (ECC_NIST_EDWARDS25519)', sayRate(100), 'L-7851D255'),
  rate('GenerateDataKeyPair (RSA_2048)', sayRate(20), 'L-77042783'),
  rate('GenerateDataKeyPair (RSA_3072)', sayRate(4), 'L-AE57B391'),
  rate('GenerateDataKeyPair (RSA_4096)', sayRate(1), 'L-FCE4492D'),
]

export const quotas: readonly Quota[] = [...shared, ...resources, ...ofOperations, ...keyPairs]
