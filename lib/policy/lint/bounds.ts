import { parseIpRange } from '../ip'
import type { ConditionValue, PolicyCondition, PolicyStatement } from '../document'
import { own } from '../../own'

/**
 * Which conditions say who may call, as against by which way or with what. kms:ViaService,
 * the encryption context, tags of the principal and MFA are in the hands of callers of any
 * account: they bound nobody.
 */
type Shape = 'account' | 'organization' | 'arn' | 'userId' | 'network' | 'ip'

const shapes: Readonly<Record<string, Shape>> = {
  'aws:principalaccount': 'account',
  'kms:calleraccount': 'account',
  'aws:sourceaccount': 'account',
  'aws:sourceowner': 'account',
  'aws:vpceaccount': 'account',
  'aws:principalorgid': 'organization',
  'aws:principalorgpaths': 'organization',
  'aws:sourceorgid': 'organization',
  'aws:sourceorgpaths': 'organization',
  'aws:vpceorgid': 'organization',
  'aws:vpceorgpaths': 'organization',
  'aws:principalarn': 'arn',
  'aws:sourcearn': 'arn',
  'aws:userid': 'userId',
  'aws:sourcevpc': 'network',
  'aws:sourcevpce': 'network',
  'aws:ec2instancesourcevpc': 'network',
  'aws:sourcevpcarn': 'arn',
  'aws:sourceip': 'ip',
}

export interface Bound {
  bounded: boolean
  /** Conditions that look as if they bounded the caller and do not, with the reason. */
  loopholes: { condition: PolicyCondition; why: string }[]
}

/** Whether the conditions of an Allow leave in only callers that somebody named. */
export function findBound({ conditions }: Pick<PolicyStatement, 'conditions'>): Bound {
  const all = conditions ?? []
  const loopholes: Bound['loopholes'] = []
  let bounded = false
  for (const condition of all) {
    const why = whyNoBound(condition, all)
    if (why === null) bounded = true
    else if (why !== '') loopholes.push({ condition, why })
  }
  return { bounded, loopholes }
}

/**
 * null: it bounds the caller. '': it is not about the caller. Else why it
 * looks like a bound and is none.
 */
function whyNoBound(condition: PolicyCondition, all: readonly PolicyCondition[]): string | null {
  const { operator, keyName, key, values } = condition
  const shape = own(shapes, keyName)
  if (shape === undefined) return whyNotTheCaller(keyName, key)
  if (operator.type === 'Null') return `Null asks only whether ${key} is there, not what it says`
  if (operator.negated) return `${operator.name} lets in everyone but those it lists`
  if (operator.ifExists) return `IfExists lets in every request without ${key}`
  if (
    operator.qualifier === 'ForAllValues' &&
    !all.some((other) => demandsPresence(other, keyName))
  )
    return `ForAllValues lets in every request without ${key}`
  // A list without values never matches: nobody is let in.
  const open = values.find((value) => !isSpecific(value, shape, takesWildcards(condition)))
  return open ? `${key} "${open.value.slice(0, 60)}" fits callers that nobody chose` : null
}

function whyNotTheCaller(keyName: string, key: string): string {
  if (keyName === 'kms:viaservice')
    return 'kms:ViaService limits the path, not the caller: anybody can come through that service'
  if (
    keyName.startsWith('aws:principaltag/') ||
    keyName === 'aws:username' ||
    keyName === 'aws:sourceidentity'
  )
    return `${key} is set by whoever owns the principal: any account can have such a one`
  if (
    keyName === 'aws:calledvia' ||
    keyName === 'aws:calledviafirst' ||
    keyName === 'aws:calledvialast' ||
    keyName === 'aws:viaawsservice' ||
    keyName === 'aws:principalisawsservice'
  )
    return `${key} limits the path, not the caller`
  if (keyName.startsWith('kms:encryptioncontext'))
    return `${key} is what the caller chooses to send`
  return ''
}

/** `"Null": {"<key>": "false"}`: the request must bring the key. */
export function demandsPresence(
  { operator, keyName, values }: PolicyCondition,
  wanted: string,
): boolean {
  return (
    operator.type === 'Null' &&
    keyName === wanted &&
    values.length > 0 &&
    values.every(({ value }) => value.toLowerCase() === 'false')
  )
}

function takesWildcards({ operator }: PolicyCondition): boolean {
  return operator.type === 'Arn' || operator.name.includes('Like')
}

function isSpecific({ value }: ConditionValue, shape: Shape, wild: boolean): boolean {
  if (shape === 'ip') return isNarrow(value)
  if (value.includes('${'))
    return (
      /^\$\{aws:Resource(?:Account|OrgID|OrgPaths)\}/i.test(value) || isFixedArn(value, shape, wild)
    )
  if (!wild || !/[*?]/.test(value)) return value !== ''
  switch (shape) {
    case 'account':
      return false
    // Organization ids are unique: what stands behind the id may be anything of that organization.
    case 'organization':
      return /^o-[a-z0-9]{10,32}\//.test(value)
    case 'arn':
      return isFixedArn(value, shape, wild)
    case 'userId':
      return /^(?:A(?:IDA|ROA)[A-Z0-9]{12,}|\d{12})/.test(value)
    case 'network':
      return /^vpce?-[0-9a-f]{8,}/.test(value)
  }
}

/** The account of the ARN is written out; S3 names have none, and are unique by themselves. */
function isFixedArn(value: string, shape: Shape, wild: boolean): boolean {
  if (shape !== 'arn') return false
  const parts = value.split(':')
  if (parts.length < 6) return !wild
  const account = parts[4] ?? ''
  if (/^\d{12}$/.test(account) || /^\$\{aws:ResourceAccount\}$/i.test(account)) return true
  return account === '' && /^s3$/.test(parts[2] ?? '') && /^[^*?$]{3}/.test(parts[5] ?? '')
}

/** S3 Block Public Access calls broader ranges public: wider than /8 of IPv4, /32 of IPv6. */
function isNarrow(value: string): boolean {
  if (!parseIpRange(value)) return true
  const prefix = /\/(\d+)$/.exec(value)?.[1]
  return prefix === undefined || Number(prefix) >= (value.includes(':') ? 32 : 8)
}

/**
 * Conditions of a Deny under which those are spared whom somebody named:
 * the mirror image of a bound.
 */
export function sparesOnlyNamed({ conditions }: Pick<PolicyStatement, 'conditions'>): boolean {
  const all = conditions ?? []
  if (all.length === 0) return false
  return all.every((condition) => {
    const { operator, keyName, values } = condition
    // Whoever is no service: services are not what a public statement lets in.
    if (keyName === 'aws:principalisawsservice')
      return (
        operator.type === 'Bool' && values.every(({ value }) => value.toLowerCase() === 'false')
      )
    const shape = own(shapes, keyName)
    return (
      shape !== undefined &&
      operator.negated &&
      operator.qualifier === null &&
      operator.type !== 'Null' &&
      values.length > 0 &&
      values.every((value) => isSpecific(value, shape, takesWildcards(condition)))
    )
  })
}
