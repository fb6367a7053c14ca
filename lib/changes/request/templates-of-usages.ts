/** Grants by task, of keys that do not encrypt: that sign, authenticate, or agree on secrets. Pure. */
import type { KeyShape } from '../../kms/grant-operations'
import { defineTemplate, grantee, describe, type GrantTemplate } from './define-template'

const forGrantee = ({ grantee: granteePrincipal }: { grantee: string }) => ({ granteePrincipal })
const hasUsage = (keyUsage: string) => (key: KeyShape) => key.keyUsage === keyUsage

const fetchKey = 'To do it without KMS, with the public key.'
const granteeAlone = { grantee }

export function templatesOfSigning(): GrantTemplate[] {
  return [
    defineTemplate({
      id: 'verify-signatures',
      title: 'Verify signatures',
      summary: 'Checks what this key has signed, and signs nothing.',
      fields: granteeAlone,
      suits: hasUsage('SIGN_VERIFY'),
      make: forGrantee,
      operations: { Verify: 'To let KMS verify.', GetPublicKey: fetchKey, DescribeKey: describe },
    }),
    defineTemplate({
      id: 'sign',
      title: 'Sign',
      summary: 'Signs in the name of this key.',
      fields: granteeAlone,
      suits: hasUsage('SIGN_VERIFY'),
      make: forGrantee,
      operations: {
        Sign: 'To sign.',
        GetPublicKey: 'To hand the public key to those who verify.',
        DescribeKey: describe,
      },
    }),
  ]
}

export function templatesOfMacs(): GrantTemplate[] {
  return [
    defineTemplate({
      id: 'verify-mac',
      title: 'Verify MACs',
      summary: 'Checks MACs made with this key, and makes none.',
      fields: granteeAlone,
      suits: hasUsage('GENERATE_VERIFY_MAC'),
      make: forGrantee,
      operations: {
        VerifyMac: 'To verify: a MAC can be verified nowhere else.',
        DescribeKey: describe,
      },
    }),
    defineTemplate({
      id: 'make-mac',
      title: 'Make MACs',
      summary: 'Makes and checks MACs with this key.',
      fields: granteeAlone,
      suits: hasUsage('GENERATE_VERIFY_MAC'),
      make: forGrantee,
      operations: {
        GenerateMac: 'To make them.',
        VerifyMac: 'To verify: a MAC can be verified nowhere else.',
        DescribeKey: describe,
      },
    }),
  ]
}

/** Of keys that agree on secrets, or take them. */
export function templatesOfSecrets(): GrantTemplate[] {
  return [
    defineTemplate({
      id: 'derive-secret',
      title: 'Agree on a shared secret',
      summary: 'Derives a secret from this key and somebody else’s public key.',
      fields: granteeAlone,
      suits: hasUsage('KEY_AGREEMENT'),
      make: forGrantee,
      operations: {
        DeriveSharedSecret: 'To derive the secret.',
        GetPublicKey: 'To hand the public key to the other side.',
        DescribeKey: describe,
      },
    }),
    defineTemplate({
      id: 'encapsulate',
      title: 'Send secrets to this key (ML-KEM)',
      summary: 'Encapsulates secrets that only this key can open.',
      fields: granteeAlone,
      suits: hasUsage('ENCAPSULATE_DECAPSULATE'),
      make: forGrantee,
      operations: {
        Encapsulate: 'To make a secret and its capsule.',
        GetPublicKey: fetchKey,
        DescribeKey: describe,
      },
    }),
  ]
}
