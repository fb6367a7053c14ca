/** What a template of a grant asks for. Pure: the form uses it too. */
import * as z from 'zod/mini'
import { pairs, principal, servicePrincipal, sourceArn } from '../kinds/shared/grant-input'

const text = () => z.string('Fill this in.')
const types = {
  accountId: text().check(z.trim(), z.regex(/^\d{12}$/, 'An account has 12 digits.')),
  /** Of IAM, with its path where it has one: `app/payments`. */
  roleName: text().check(
    z.trim(),
    z.maxLength(200, 'A role has at most 200 characters here.'),
    z.regex(
      /^(?!\/)(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
      'Write the name of the role, with its path where it has one: app/payments.',
    ),
  ),
  principalArn: principal,
  serviceName: servicePrincipal,
  arn: sourceArn,
  bucketArn: text().check(
    z.trim(),
    z.regex(
      /^arn:aws[a-z0-9-]*:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
      'Write the ARN of the bucket: arn:aws:s3:::name.',
    ),
  ),
  context: pairs,
} as const

export type FieldType = keyof typeof types
type ValueOf<T extends FieldType> = z.output<(typeof types)[T]>

export type Field =
  | { type: FieldType; label: string; hint?: string }
  | { type: 'choice'; label: string; hint?: string; options: Readonly<Record<string, string>> }
export type Fields = Readonly<Record<string, Field>>
export type ValuesOf<F extends Fields> = {
  [N in keyof F]: F[N] extends { type: 'choice'; options: infer O }
    ? keyof O & string
    : F[N] extends { type: infer T extends FieldType }
      ? ValueOf<T>
      : never
}

/**
 * Parses the values of a template's fields.
 * @throws what zod throws, `issues` with the field's name as path and words for a person.
 */
export function parseFields<F extends Fields>(fields: F, values: unknown): ValuesOf<F> {
  const shape = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, schemaOf(field)]),
  )
  // The shape is made of the very fields that the type is made of.
  return z.object(shape).parse(values) as ValuesOf<F>
}

function schemaOf(field: Field): z.ZodMiniType {
  return field.type === 'choice'
    ? z.enum(Object.keys(field.options), 'Choose one of them.')
    : types[field.type]
}
