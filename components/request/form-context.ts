'use client'

import { createContext, useContext } from 'react'
import type { Scope } from '@/lib/auth/permissions'
import type { AskedAccount, AskedKey } from '@/lib/changes/request/askable'
import type { Problems } from './errors'
import type { Form, Values } from './values'

/** What the forms know that nobody types. */
export type Around = {
  accounts: readonly AskedAccount[]
  /** The usual end, by the approval rules. */
  usualHours: number
  /** Where the asker may ask for a change without an end. */
  withoutEnd: Scope | null
  /** The policy of the first key as it was last read; null while unknown. */
  policyText: string | null
  /** How far the database's clock is ahead of this browser's. */
  skewMs: number
}

export type RequestForm = {
  form: Form
  /**
   * What is known of the chosen keys; one that is missing here is not known, or
   * not the asker's to change.
   */
  keys: readonly AskedKey[]
  problems: Problems
  around: Around
  change(changed: Partial<Form>): void
  changeValues(changed: Partial<Values>): void
}

export const FormContext = createContext<RequestForm | null>(null)

export function useRequestForm(): RequestForm {
  const form = useContext(FormContext)
  if (!form) throw new Error('a part of a request form outside of one')
  return form
}
