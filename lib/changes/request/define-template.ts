/** What a task of a grant consists of, and what many of them share. Pure. */
import { grantInput, type GrantConstraints, type GrantInput } from '../kinds/shared/grant-input'
import type { GrantOperationName, KeyShape } from '../../kms/grant-operations'
import { parseFields, type Fields, type ValuesOf } from './template-fields'

type Whys<N extends string> = Readonly<Partial<Record<N, string>>>
type Part = keyof GrantConstraints | 'retiring'

export type GrantTemplate = {
  id: string
  title: string
  /** One line: whom it is for. */
  summary: string
  fields: Fields
  /** On which keys it can work at all. */
  suits(key: KeyShape): boolean
  /** @throws what zod throws: `issues` whose paths are names of fields. */
  build(values: unknown, place: { partition: string }): GrantInput
  /** Why each operation and constraint that `build` can put in is there. */
  operations: Whys<GrantOperationName>
  constraints: Whys<Part>
  /** What must also be done, outside of KMS grants. */
  notes: readonly string[]
}

type Draft<F extends Fields> = Omit<GrantTemplate, 'build' | 'fields' | 'constraints' | 'notes'> & {
  fields: F
  constraints?: Whys<Part>
  notes?: readonly string[]
  /** `operations` defaults to all that have a why. */
  make(values: ValuesOf<F>, partition: string): Partial<GrantInput>
}

export function defineTemplate<const F extends Fields>({
  make,
  constraints = {},
  notes = [],
  ...rest
}: Draft<F>): GrantTemplate {
  return {
    ...rest,
    constraints,
    notes,
    build: (values, { partition }) =>
      grantInput.parse({
        operations: Object.keys(rest.operations),
        ...make(parseFields(rest.fields, values), partition),
      }),
  }
}

export const grantee = {
  type: 'principalArn',
  label: 'Who',
  hint: 'ARN of a role, a user, or a whole account (…:root)',
} as const
export const describe = 'The caller looks up which key it is before it uses it.'
