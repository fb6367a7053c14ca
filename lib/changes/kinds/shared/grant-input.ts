/**
 * What a request for a grant says, in AWS's words. Pure: forms and templates use it too. Sizes and
 * patterns are KMS's (lib/kms/README.md, "Calls and errors"), so that no approved request fails on
 * them.
 */
import * as z from 'zod/mini'
import { grantOperations, type GrantOperationName } from '../../../kms/grant-operations'

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

const arn =
  /^arn:aws[a-z0-9-]*:(?:iam::\d{12}:(?:root|user\/\S+|role\/\S+)|sts::\d{12}:(?:assumed-role\/[^/\s]+\/[^/\s]+|federated-user\/\S+))$/
const missing = 'Fill this in.'
export const principal = z
  .string(missing)
  .check(
    z.trim(),
    z.minLength(1, 'Name the principal.'),
    z.maxLength(256, 'A principal has at most 256 characters.'),
    ({ value, issues }) => {
      const message = whyNoPrincipal(value)
      if (message) issues.push({ code: 'custom', message, input: value })
    },
  )

/** Says why KMS takes no such principal in a grant (lib/kms/README.md, "Grants"). */
function whyNoPrincipal(value: string): string | null {
  if (value === '*') return 'A grant names one principal: it cannot be for everyone.'
  if (/^\d{12}$/.test(value)) return `Write the whole account as arn:aws:iam::${value}:root.`
  if (/^A(?:IDA|ROA)[A-Z0-9]{8,}$/.test(value))
    return 'This is the unique id of a user or role that was deleted. Name one that exists.'
  if (/^[a-z0-9.-]+\.amazonaws\.com(\.cn)?$/i.test(value))
    return 'This is an AWS service: name it as the service principal, with the resource (SourceArn) it works for.'
  if (/:group\//.test(value)) return 'A group cannot be given a grant. Name the users, or a role.'
  if (/^(o|ou|r)-|:organizations:/.test(value))
    return 'An organization cannot be given a grant. Name an account, a user or a role.'
  if (!/^[\w+=,.@:/-]+$/.test(value) || !arn.test(value)) {
    return 'Write the ARN of an account (…:root), a user, a role, or a session of a role.'
  }
  return null
}

export const servicePrincipal = z
  .string(missing)
  .check(
    z.trim(),
    z.maxLength(128, 'A service principal has at most 128 characters.'),
    z.regex(
      /^[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+){2,}$/,
      'Write the service as AWS names it, such as dynamodb.amazonaws.com.',
    ),
  )

export const pairs = z
  .record(
    z.string().check(z.minLength(1, 'A pair of the encryption context needs a name.')),
    z
      .string()
      .check(
        z.maxLength(
          longestValue,
          `A value of the encryption context has at most ${longestValue} characters.`,
        ),
      ),
    'Name the pairs.',
  )
  .check(({ value, issues }) => {
    const names = Object.keys(value)
    const fail = (message: string) => issues.push({ code: 'custom', message, input: value })
    if (names.length === 0)
      fail('Name at least one pair of the encryption context, or leave the constraint out.')
    if (names.length > mostPairs)
      fail(`An encryption context constraint has at most ${mostPairs} pairs.`)
    if (new Set(names.map((name) => name.toLowerCase())).size < names.length)
      fail('Two names differ in case only: KMS takes them for the same name.')
  })

export const sourceArn = z
  .string(missing)
  .check(
    z.trim(),
    z.minLength(20, 'This is no whole ARN.'),
    z.maxLength(512, 'A source ARN has at most 512 characters.'),
    z.regex(
      /^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$/,
      'KMS takes only ARNs that name an account; one of an S3 bucket does not.',
    ),
  )

const constraints = z
  .strictObject({
    EncryptionContextSubset: z.optional(pairs),
    EncryptionContextEquals: z.optional(pairs),
    SourceArn: z.optional(sourceArn),
  })
  .check(
    z.refine(
      ({ EncryptionContextSubset: subset, EncryptionContextEquals: equals }) => !subset || !equals,
      'Choose: the whole encryption context, or pairs that must be in it.',
    ),
  )

const orNobody = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null)

export const grantInput = z
  .strictObject({
    granteePrincipal: orNobody(principal),
    granteeServicePrincipal: orNobody(servicePrincipal),
    operations: z.pipe(
      z
        .array(z.enum(grantOperations, 'This is no operation a grant can allow.'))
        .check(z.minLength(1, 'Choose at least one operation.')),
      z.transform(inOrder),
    ),
    constraints: z.pipe(z._default(z.nullable(constraints), null), z.transform(orNull)),
    retiringPrincipal: orNobody(principal),
    retiringServicePrincipal: orNobody(servicePrincipal),
  })
  .check(({ value, issues }) => {
    for (const [name, message] of listContradictions(value))
      issues.push({ code: 'custom', path: [name], message, input: value })
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
  if (input.granteePrincipal === null && service === null)
    found.push(['granteePrincipal', 'Say who may use the key.'])
  if (input.granteePrincipal !== null && service !== null)
    found.push([
      'granteeServicePrincipal',
      'A grant is for a principal or for a service, not for both.',
    ])
  if (input.retiringPrincipal !== null && input.retiringServicePrincipal !== null) {
    found.push([
      'retiringServicePrincipal',
      'One party retires the grant: a principal or a service, not both.',
    ])
  }
  if (service === null) return found
  if (input.constraints?.SourceArn === undefined)
    found.push([
      'constraints',
      'A grant for a service must name the resource it works for (SourceArn).',
    ])
  if (input.retiringPrincipal === null && input.retiringServicePrincipal === null) {
    found.push([
      'retiringPrincipal',
      'A grant for a service must name who retires it: a principal or a service.',
    ])
  }
  return found
}

/** Returns who the grant is for, as written. */
export function granteeOf(
  input: Pick<GrantInput, 'granteePrincipal' | 'granteeServicePrincipal'>,
): string {
  return input.granteePrincipal ?? input.granteeServicePrincipal ?? 'nobody'
}
