import type {
  Completion,
  CompletionContext,
  CompletionResult,
  CompletionSource,
} from '@codemirror/autocomplete'
import { actionRows, keyRows } from '@/lib/policy/lint/kms-table'
import { placeAt, type Place } from './place'

type KnownName = { value: string; detail: string }
/** Looks up users, roles and accounts by part of their ARN. */
export type FindPrincipals = (text: string) => Promise<readonly KnownName[]>

const list = (type: string, names: readonly string[], detail?: string): Completion[] =>
  names.map((label) => ({ label, type, detail }))

const elements = list('property', [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'Condition',
])
const comparisons = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'ArnEquals',
  'ArnLike',
  'ArnNotEquals',
  'ArnNotLike',
  'Bool',
  'Null',
  'NumericEquals',
  'NumericLessThan',
  'NumericLessThanEquals',
  'NumericGreaterThan',
  'NumericGreaterThanEquals',
  'DateLessThan',
  'DateGreaterThan',
  'IpAddress',
  'NotIpAddress',
]
const operators = list('keyword', [
  ...comparisons,
  ...comparisons.filter((name) => name !== 'Null').map((name) => `${name}IfExists`),
  ...['StringEquals', 'StringLike', 'StringNotEquals', 'ArnLike'].flatMap((name) => [
    `ForAnyValue:${name}`,
    `ForAllValues:${name}`,
  ]),
])
const actions: Completion[] = [
  { label: 'kms:*', type: 'function', detail: 'everything' },
  ...actionRows.map(([name, access]) => ({
    label: `kms:${name}`,
    type: 'function',
    detail: access,
  })),
]
const conditionKeys: Completion[] = [
  ...new Set([
    ...actionRows.flatMap(([, , , keys]) => keys.split(' ')),
    ...keyRows.flatMap(([, keys]) => keys.split(' ')),
  ]),
]
  .filter((key) => key.includes(':'))
  .sort()
  .map((key) => ({ label: key.replace(/\*$/, ''), type: 'property' }))
const services = list('constant', [
  'cloudtrail.amazonaws.com',
  'cloudwatch.amazonaws.com',
  'delivery.logs.amazonaws.com',
  'dynamodb.amazonaws.com',
  'ec2.amazonaws.com',
  'events.amazonaws.com',
  'lambda.amazonaws.com',
  'logs.amazonaws.com',
  'rds.amazonaws.com',
  's3.amazonaws.com',
  'secretsmanager.amazonaws.com',
  'sns.amazonaws.com',
  'sqs.amazonaws.com',
])

type Choices = Completion[] | 'principals' | null

/** What can stand at a place, by the elements around it; null: anything may. */
const choices = ({ path, isName }: Place): Choices => (isName ? namesIn(path) : valuesIn(path))

function namesIn([outer, element, inner]: Place['path']): Choices {
  if (outer === undefined) return list('property', ['Version', 'Id', 'Statement'])
  if (outer !== 'Statement') return null
  if (element === undefined) return elements
  if (element === 'Condition') return inner === undefined ? operators : conditionKeys
  return element.endsWith('Principal')
    ? list('property', ['AWS', 'Service', 'Federated', 'CanonicalUser'])
    : null
}

function valuesIn([outer, element, inner, key]: Place['path']): Choices {
  if (outer === 'Version') return list('constant', ['2012-10-17'])
  switch (element) {
    case 'Effect':
      return list('constant', ['Allow', 'Deny'])
    case 'Action':
    case 'NotAction':
      return actions
    case 'Resource':
      return list('constant', ['*'], 'this key')
    case 'Principal':
    case 'NotPrincipal':
      return inner === 'Service' ? services : inner === 'AWS' ? 'principals' : null
    case 'Condition':
      return conditionValues(inner, key)
    default:
      return null
  }
}

function conditionValues(operator: string | undefined, key = ''): Choices {
  if (operator === 'Bool' || operator === 'Null') return list('constant', ['true', 'false'])
  return /Principal(?:Arn|$)/.test(key) ? 'principals' : null
}

/** Completes a key policy. Asks for principals only where one is written. */
export const completePolicy =
  (findPrincipals: FindPrincipals): CompletionSource =>
  async (context: CompletionContext): Promise<CompletionResult | null> => {
    const place = placeAt(context.state.doc.toString(), context.pos)
    if (!place.quoted && !context.explicit) return null
    const found = choices(place)
    if (found === null) return null
    const written = context.state.sliceDoc(place.from, context.pos)
    const options =
      found === 'principals'
        ? (await findPrincipals(written).catch(() => [])).map(({ value, detail }) => ({
            label: value,
            type: 'class',
            detail,
          }))
        : found
    if (context.aborted || options.length === 0) return null
    const quote = (option: Completion): Completion =>
      place.quoted ? option : { ...option, apply: JSON.stringify(option.label) }
    return {
      from: place.from,
      options: options.map(quote),
      ...(found === 'principals' ? { filter: false } : { validFor: /^[\w:.*/-]*$/ }),
    }
  }
