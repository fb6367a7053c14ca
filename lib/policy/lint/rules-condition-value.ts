import type { ConditionValue, PolicyCondition } from '../document'
import { parseIpRange, type IpRange } from '../ip'
import { findRedundant } from './cover'
import { quote, type Linting } from './linting'
import { judgeRegion } from './regions'
import { allowedValues } from './value-sets'

export function lintConditionValues(lint: Linting): void {
  for (const statement of lint.document.statements)
    for (const condition of statement.conditions ?? []) {
      const wild = condition.operator.type === 'Arn' || condition.operator.name.includes('Like')
      for (const value of condition.values) {
        if (!value.value.includes('${')) lintValue(lint, condition, value, wild)
      }
      if (condition.operator.type === 'IpAddress') lintRanges(lint, condition)
      if (
        condition.operator.type === 'Numeric' &&
        condition.values.length > 1 &&
        /Less|Greater/.test(condition.operator.name)
      )
        lint.report(
          'REDUNDANT_CONDITION_VALUE_NUM',
          condition,
          `Of several numbers ${condition.operator.name} needs only the ` +
            `${condition.operator.name.includes('Less') ? 'greatest' : 'least'}.`,
          'Keep that one.',
        )
      const caseless = condition.operator.name.includes('IgnoreCase')
      for (const [value, by] of findRedundant(
        condition.values,
        wild,
        caseless ? (text) => text.toLowerCase() : undefined,
      ))
        lint.report(
          'REDUNDANT_CONDITION_VALUE',
          value,
          value.value === by
            ? `${quote(by)} stands here twice.`
            : `${quote(by)} of the same list covers ${quote(value.value)}.`,
          'Remove it.',
        )
    }
}

function lintValue(
  lint: Linting,
  { operator, key, keyName }: PolicyCondition,
  value: ConditionValue,
  wild: boolean,
): void {
  const hasWildcard = /[*?]/.test(value.value)
  if (operator.type === 'String' && hasWildcard && !wild) {
    lint.report(
      'WILDCARD_WITHOUT_LIKE_OPERATOR',
      value,
      `${operator.name} takes * and ? as they are: ${quote(value.value)} matches only that very text.`,
      `Use ${operator.negated ? 'StringNotLike' : 'StringLike'}, or write the value out.`,
    )
    return
  }
  if (operator.type !== 'String' && operator.type !== 'Arn') return
  const wrong = findFault(keyName, value.value, hasWildcard)
  if (wrong)
    lint.report(
      wrong.code,
      value,
      `${quote(value.value)} is no ${wrong.what}: ${key} never has this value.`,
      wrong.fix,
    )
}

type FaultCode =
  | 'INVALID_ACCOUNT_VALUE'
  | 'INVALID_ORGANIZATION_VALUE'
  | 'INVALID_VPC_FORMAT'
  | 'INVALID_VPCE_FORMAT'
  | 'INVALID_REGION'
  | 'INVALID_CONDITION_VALUE'
interface Fault {
  code: FaultCode
  what: string
  fix: string
}

/** Keys whose values have a form of their own; a value without it never matches. */
const forms: readonly { keys: RegExp; holds: (value: string) => boolean; fault: Fault }[] = [
  {
    keys: /^(?:aws:(?:principalaccount|sourceaccount|sourceowner|resourceaccount|vpceaccount)|kms:calleraccount)$/,
    holds: (value) => /^\d{12}$/.test(value),
    fault: {
      code: 'INVALID_ACCOUNT_VALUE',
      what: 'account of 12 digits',
      fix: 'Write the 12 digits of the account.',
    },
  },
  {
    keys: /^aws:(?:principal|source|resource|vpce)orgid$/,
    holds: (value) => /^o-[a-z0-9]{10,32}$/.test(value),
    fault: {
      code: 'INVALID_ORGANIZATION_VALUE',
      what: 'id of an organization',
      fix: 'Write the id as AWS Organizations shows it, "o-" and 10 to 32 characters.',
    },
  },
  {
    keys: /^aws:(?:principal|source|resource|vpce)orgpaths$/,
    holds: (value) => /^o-[a-z0-9]{10,32}\/r-[a-z0-9]{4,32}\/(?:ou-[a-z0-9-]+\/)*$/.test(value),
    fault: {
      code: 'INVALID_ORGANIZATION_VALUE',
      what: 'path in an organization',
      fix: 'Write "o-…/r-…/ou-…/", with the slash at the end.',
    },
  },
  {
    keys: /^(?:aws:sourcevpc|aws:ec2instancesourcevpc)$/,
    holds: (value) => /^vpc-[0-9a-f]{8}(?:[0-9a-f]{9})?$/.test(value),
    fault: {
      code: 'INVALID_VPC_FORMAT',
      what: 'id of a VPC',
      fix: 'Write "vpc-" and 8 or 17 hexadecimal digits.',
    },
  },
  {
    keys: /^aws:sourcevpce$/,
    holds: (value) => /^vpce-[0-9a-f]{8}(?:[0-9a-f]{9})?$/.test(value),
    fault: {
      code: 'INVALID_VPCE_FORMAT',
      what: 'id of a VPC endpoint',
      fix: 'Write "vpce-" and 8 or 17 hexadecimal digits.',
    },
  },
  {
    keys: /^(?:aws:requestedregion|kms:replicaregion|kms:primaryregion)$/,
    holds: (value) => judgeRegion(value) === 'known',
    fault: { code: 'INVALID_REGION', what: 'Region that is known', fix: 'Correct the Region.' },
  },
  {
    keys: /^kms:viaservice$/,
    holds: isServiceOfRegion,
    fault: {
      code: 'INVALID_CONDITION_VALUE',
      what: 'service of a Region',
      fix: 'Write "<service>.<Region>.amazonaws.com".',
    },
  },
]

function findFault(keyName: string, value: string, wild: boolean): Fault | null {
  if (keyName === 'aws:principalarn' && /^arn:[^:]*:sts:[^:]*:[^:]*:assumed-role\//.test(value))
    return {
      code: 'INVALID_CONDITION_VALUE',
      what: 'ARN of a user or role',
      fix: 'Write the ARN of the role: aws:PrincipalArn has the role, not ' + 'its session.',
    }
  if (wild) return null
  const form = forms.find(({ keys }) => keys.test(keyName))
  if (form) return form.holds(value) ? null : form.fault
  const allowed = allowedValues(keyName)
  return !allowed || allowed.has(value)
    ? null
    : {
        code: 'INVALID_CONDITION_VALUE',
        what: 'value that KMS knows',
        fix: `KMS knows ${[...allowed].slice(0, 8).join(', ')}${allowed.size > 8 ? ', …' : ''}.`,
      }
}

function isServiceOfRegion(value: string): boolean {
  const region = /^[a-z0-9-]+\.([a-z0-9-]+)\.amazonaws\.(?:com(?:\.cn)?|eu)$/.exec(value)?.[1]
  return region !== undefined && judgeRegion(region) !== 'malformed'
}

function lintRanges(lint: Linting, condition: PolicyCondition): void {
  const ranges = condition.values.flatMap((value) => {
    const range = parseIpRange(value.value)
    return range ? [{ value, range }] : []
  })
  for (const { value, range } of ranges)
    if (hasHostBits(range))
      lint.report(
        'IMPROVE_IP_RANGE',
        value,
        `${quote(value.value)} has bits beyond its prefix, which do not count.`,
        'Write the range with its first address.',
      )
  if (condition.keyName !== 'aws:sourceip') return
  const inner = ranges.filter(({ range }) => isPrivate(range))
  if (inner.length === 0) return
  const negated = condition.operator.negated
  const why =
    'KMS sees the public address of callers; private addresses come only through VPC endpoints, as aws:VpcSourceIp.'
  if (inner.length === ranges.length)
    lint.report(
      negated ? 'PRIVATE_NOT_IP_ADDRESS' : 'PRIVATE_IP_ADDRESS',
      condition,
      'aws:SourceIp is compared with private addresses only, so the condition ' +
        `${negated ? 'always' : 'never'} holds. ${why}`,
      'Use ' + 'aws:VpcSourceIp or aws:SourceVpc, or public ranges.',
    )
  else
    for (const { value } of inner)
      lint.report(
        'PRIVATE_IP_ADDRESS_SUBSET',
        value,
        `${quote(value.value)} is private. ${why}`,
        'Remove it.',
      )
}

function isPrivate({ bytes, prefix }: IpRange): boolean {
  const [a = 0, b = 0] = bytes
  if (bytes.length === 16) return (a & 0xfe) === 0xfc && prefix >= 7
  return privateRanges.some(
    ({ first, from, to, bits }) => a === first && b >= from && b <= to && prefix >= bits,
  )
}

/** By their first two bytes. */
const privateRanges = [
  { first: 10, from: 0, to: 255, bits: 8 },
  { first: 172, from: 16, to: 31, bits: 12 },
  { first: 192, from: 168, to: 168, bits: 16 },
  { first: 127, from: 0, to: 255, bits: 8 },
  { first: 169, from: 254, to: 254, bits: 16 },
  { first: 100, from: 64, to: 127, bits: 10 },
]

function hasHostBits({ bytes, prefix }: IpRange): boolean {
  return bytes.some((byte, at) => {
    const kept = Math.min(8, Math.max(0, prefix - at * 8))
    return (byte & (0xff >> kept)) !== 0
  })
}
