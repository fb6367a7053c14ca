/** What a request for a grant says, in AWS's words. Pure: forms and templates use it too. Sizes and patterns: aws-facts 0.2 and 5. */
import { z } from 'zod'
import { grantOperations, type GrantOperationName } from './grant-operations'

export type GrantConstraints = {
  EncryptionContextSubset?: Record<string, string>
  EncryptionContextEquals?: Record<string, string>
  SourceArn?: string
}
export type GrantInput = {
  granteePrincipal: string | null
  granteeServicePrincipal: string | null
  operations: GrantOperationName[]
  constraints: GrantConstraints | null
  retiringPrincipal: string | null
  retiringServicePrincipal: string | null
}

const mostPairs = 8
const longestValue = 384

const arn = /^arn:aws[a-z0-9-]*:(?:iam::\d{12}:(?:root|user\/\S+|role\/\S+)|sts::\d{12}:(?:assumed-role\/[^/\s]+\/[^/\s]+|federated-user\/\S+))$/
export const principal = z.string().trim().min(1, 'Name the principal.').max(256, 'A principal has at most 256 characters.').superRefine((value, context) => {
  const words = whyNoPrincipal(value)
  if (words) context.addIssue({ code: 'custom', message: words })
})

/** Why KMS does not take it as the principal of a grant (aws-facts 5). */
function whyNoPrincipal(value: string): string | null {
  if (value === '*') return 'A grant names one principal: it cannot be for everyone.'
  if (/^\d{12}$/.test(value)) return `Write the whole account as arn:aws:iam::${value}:root.`
  if (/^A(?:IDA|ROA)[A-Z0-9]{8,}$/.test(value)) return 'This is the unique id of a user or role that was deleted. Name one that exists.'
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/i.test(value)) return 'This is an AWS service: name it as the service principal, with the resource (SourceArn) it works for.'
  if (/:group\//.test(value)) return 'A group cannot be given a grant. Name the users, or a role.'
  if (/^(o|ou|r)-|:organizations:/.test(value)) return 'An organization cannot be given a grant. Name an account, a user or a role.'
  if (!/^[\w+=,.@:/-]+$/.test(value) || !arn.test(value)) {
    return 'Write the ARN of an account (…:root), a user, a role, or a session of a role.'
  }
  return null
}

export const servicePrincipal = z.string().trim().max(128, 'A service principal has at most 128 characters.')
  .regex(/^[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+){2,}$/, 'Write the service as AWS names it, such as dynamodb.amazonaws.com.')

export const pairs = z.record(
  z.string().min(1, 'A pair of the encryption context needs a name.'),
  z.string().max(longestValue, `A value of the encryption context has at most ${longestValue} characters.`),
).superRefine((value, context) => {
  const names = Object.keys(value)
  if (names.length === 0) context.addIssue({ code: 'custom', message: 'Name at least one pair of the encryption context, or leave the constraint out.' })
  if (names.length > mostPairs) context.addIssue({ code: 'custom', message: `An encryption context constraint has at most ${mostPairs} pairs.` })
  if (new Set(names.map((name) => name.toLowerCase())).size < names.length) {
    context.addIssue({ code: 'custom', message: 'Two names differ in case only: KMS takes them for the same name.' })
  }
})

export const sourceArn = z.string().trim().min(20, 'This is no whole ARN.').max(512, 'A source ARN has at most 512 characters.')
  .regex(/^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$/, 'KMS takes only ARNs that name an account; one of an S3 bucket does not.')

const constraints = z.strictObject({
  EncryptionContextSubset: pairs.optional(),
  EncryptionContextEquals: pairs.optional(),
  SourceArn: sourceArn.optional(),
}).refine(({ EncryptionContextSubset: subset, EncryptionContextEquals: equals }) => !subset || !equals,
  'Choose: the whole encryption context, or pairs that must be in it.')

export const grantInput = z.strictObject({
  granteePrincipal: principal.nullable().default(null),
  granteeServicePrincipal: servicePrincipal.nullable().default(null),
  operations: z.array(z.enum(grantOperations, 'This is no operation a grant can allow.')).min(1, 'Choose at least one operation.').transform(inOrder),
  constraints: constraints.nullable().default(null).transform(orNull),
  retiringPrincipal: principal.nullable().default(null),
  retiringServicePrincipal: servicePrincipal.nullable().default(null),
}).superRefine((input, context) => {
  for (const [path, message] of listContradictions(input)) context.addIssue({ code: 'custom', path: [path], message })
})

/** Operations are a set to AWS; the same request must have the same hash. */
function inOrder(operations: GrantOperationName[]): GrantOperationName[] {
  return grantOperations.filter((operation) => operations.includes(operation))
}

function orNull(value: GrantConstraints | null): GrantConstraints | null {
  return value && Object.values(value).some((one) => one !== undefined) ? value : null
}

function listContradictions(input: GrantInput): [keyof GrantInput, string][] {
  const found: [keyof GrantInput, string][] = []
  const service = input.granteeServicePrincipal
  if (input.granteePrincipal === null && service === null) found.push(['granteePrincipal', 'Say who may use the key.'])
  if (input.granteePrincipal !== null && service !== null) found.push(['granteeServicePrincipal', 'A grant is for a principal or for a service, not for both.'])
  if (input.retiringPrincipal !== null && input.retiringServicePrincipal !== null) {
    found.push(['retiringServicePrincipal', 'One party retires the grant: a principal or a service, not both.'])
  }
  if (service === null) return found
  if (input.constraints?.SourceArn === undefined) found.push(['constraints', 'A grant for a service must name the resource it works for (SourceArn).'])
  if (input.retiringPrincipal === null && input.retiringServicePrincipal === null) {
    found.push(['retiringPrincipal', 'A grant for a service must name who retires it: a principal or a service.'])
  }
  return found
}

/** Who the grant is for, as written. */
export function granteeOf(input: Pick<GrantInput, 'granteePrincipal' | 'granteeServicePrincipal'>): string {
  return input.granteePrincipal ?? input.granteeServicePrincipal ?? 'nobody'
}
