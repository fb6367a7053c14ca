import { own } from '../../own'

const uses: Readonly<Record<string, readonly string[]>> = {
  ENCRYPT_DECRYPT: ['encrypt', 'decrypt', 'reencryptfrom', 'reencryptto'],
  SIGN_VERIFY: ['sign', 'verify', 'getpublickey'],
  GENERATE_VERIFY_MAC: ['generatemac', 'verifymac'],
  KEY_AGREEMENT: ['derivesharedsecret', 'getpublickey'],
  ENCAPSULATE_DECAPSULATE: ['encapsulate', 'decapsulate', 'getpublickey'],
}
const dataKeys = ['generatedatakey', 'generatedatakeywithoutplaintext', 'generatedatakeypair', 'generatedatakeypairwithoutplaintext']
const cryptographic = new Set([...Object.values(uses).flat(), ...dataKeys])

/** Whether a key of this kind can do the operation at all (aws-facts 2.2, 5). Of an unknown kind it can. */
export function canDo(operation: string, keySpec: string | undefined, keyUsage: string | undefined): boolean {
  if (!cryptographic.has(operation) || keyUsage === undefined) return true
  const of = own(uses, keyUsage)
  if (!of) return true
  if (keyUsage !== 'ENCRYPT_DECRYPT') return of.includes(operation)
  if (keySpec === undefined) return of.includes(operation) || dataKeys.includes(operation) || operation === 'getpublickey'
  return of.includes(operation) || (keySpec === 'SYMMETRIC_DEFAULT' ? dataKeys.includes(operation) : operation === 'getpublickey')
}
