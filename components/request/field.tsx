'use client'

import FormField from '@cloudscape-design/components/form-field'
import type { ReactNode } from 'react'
import { errorsAt } from './errors'
import { useRequestForm } from './form-context'

type Props = {
  label: ReactNode
  /** The fields whose refusals stand here, as `errors.ts` names them. */
  at: readonly string[]
  description?: ReactNode
  hint?: ReactNode
  optional?: boolean
  /** Controls that have names of their own, which the label shall not be added to. */
  below?: ReactNode
  children?: ReactNode
}

/**
 * A part of the form with what was refused about it. The mark is how the first
 * refused one is found and focused.
 */
export function Field({ label, at, description, hint, optional = false, below, children }: Props) {
  const errors = errorsAt(useRequestForm().problems, at)
  return (
    <div data-refused={errors.length > 0 || undefined}>
      <FormField
        label={
          optional ? (
            <>
              {label} <i>(optional)</i>
            </>
          ) : (
            label
          )
        }
        description={description}
        constraintText={hint}
        errorText={errors.length > 0 ? errors.join(' ') : undefined}
        stretch
      >
        {children}
      </FormField>
      {below}
    </div>
  )
}
