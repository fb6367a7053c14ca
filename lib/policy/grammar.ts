import type { PolicyType } from './document'

/** What the policy types disagree about. */
export interface Grammar {
  /** As it is called in messages. */
  name: string
  principal: 'required' | 'forbidden' | 'everyone'
  notPrincipal: boolean
  notAction: boolean
  /**
   * Whether IAM refuses a statement without Action or Resource. KMS accepts one, and it
   * does nothing (aws-facts 4.1).
   */
  needsActionAndResource: boolean
  /** KMS takes spaces and more in a Sid; IAM and Organizations take letters and digits. */
  freeSid: boolean
  uniqueSids: boolean
  /**
   * Largest document: bytes of UTF-8 for KMS, characters for the rest; without white space
   * where IAM does not count it.
   */
  maxSize: number
  sizeUnit: 'bytes' | 'characters' | 'characters without white space'
  /** KMS stores U+0020 to U+00FF, tab and line ends only (aws-facts 0.2). */
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
    maxSize: 32_768,
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

/** Size of the text in the unit in which its limit is counted. */
export function measurePolicy(text: string, unit: Grammar['sizeUnit']): number {
  if (unit === 'bytes') return new TextEncoder().encode(text).length
  return unit === 'characters' ? text.length : text.replace(/\s+/g, '').length
}
