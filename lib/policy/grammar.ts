import type { PolicyType } from './document'
import { mostPolicyBytes } from '../kms/policy-size'

/** What the policy types disagree about. */
export interface Grammar {
  /** As it is called in messages. */
  name: string
  principal: 'required' | 'forbidden' | 'everyone'
  notPrincipal: boolean
  notAction: boolean
  /**
   * Whether a statement without Action or Resource is a fault, as IAM says. In a key policy it is
   * stored and has no effect.
   */
  needsActionAndResource: boolean
  /** KMS takes spaces and more in a Sid; IAM and Organizations take letters and digits. */
  freeSid: boolean
  uniqueSids: boolean
  /**
   * Largest document: bytes of UTF-8 for KMS, characters for the rest; without white space where
   * IAM does not count it.
   */
  maxSize: number
  sizeUnit: 'bytes' | 'characters' | 'characters without white space'
  /** KMS takes U+0020 to U+00FF, tab and line ends only (the pattern of PutKeyPolicy). */
  latinOnly: boolean
}

const identity: Grammar = {
  name: 'an identity policy',
  principal: 'forbidden',
  notPrincipal: false,
  notAction: true,
  needsActionAndResource: true,
  freeSid: false,
  uniqueSids: true,
  maxSize: 10_240,
  sizeUnit: 'characters without white space',
  latinOnly: false,
}

const grammars: Readonly<Record<PolicyType, Grammar>> = {
  key: {
    name: 'a key policy',
    principal: 'required',
    notPrincipal: true,
    notAction: true,
    needsActionAndResource: false,
    freeSid: true,
    uniqueSids: false,
    maxSize: mostPolicyBytes,
    sizeUnit: 'bytes',
    latinOnly: true,
  },
  identity,
  boundary: { ...identity, name: 'a permissions boundary', maxSize: 6_144 },
  session: { ...identity, name: 'a session policy', maxSize: 6_144 },
  scp: { ...identity, name: 'a service control policy', maxSize: 10_240, sizeUnit: 'characters' },
  rcp: {
    name: 'a resource control policy',
    principal: 'everyone',
    notPrincipal: false,
    notAction: false,
    needsActionAndResource: true,
    freeSid: false,
    uniqueSids: true,
    maxSize: 5_120,
    sizeUnit: 'characters',
    latinOnly: false,
  },
  endpoint: {
    name: 'a VPC endpoint policy',
    principal: 'required',
    notPrincipal: true,
    notAction: true,
    needsActionAndResource: true,
    freeSid: true,
    uniqueSids: false,
    maxSize: 20_480,
    sizeUnit: 'characters',
    latinOnly: false,
  },
}

export function grammarOf(type: PolicyType): Grammar {
  return grammars[type]
}

/** Returns the size of the text in the unit in which its limit is counted. */
export function measurePolicy(text: string, unit: Grammar['sizeUnit']): number {
  if (unit === 'bytes') return new TextEncoder().encode(text).length
  return unit === 'characters' ? text.length : text.replace(/\s+/g, '').length
}
