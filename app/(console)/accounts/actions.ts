'use server'

import { z } from 'zod'
import { addAccount as add, addAccountInput } from '@/lib/accounts/add'
import { pauseAccount as pause } from '@/lib/accounts/pause'
import { removeAccount as remove } from '@/lib/accounts/remove'
import { resumeAccount as resume } from '@/lib/accounts/resume'
import {
  noOrganizationInput,
  retractNoOrganization as retract,
  stateNoOrganization as state,
} from '@/lib/accounts/state-no-organization'
import { testConnection as test } from '@/lib/accounts/test-connection'
import { action } from '@/lib/door/action'
import { refreshAccounts as refresh } from '@/lib/inventory/refresh'

const one = z.object({ id: z.string().regex(/^\d{12}$/) })

export const addAccount = action('accounts.manage', addAccountInput, add)
export const testAccount = action('accounts.manage', one, (permit, { id }) => test(permit, id))
export const pauseAccount = action('accounts.manage', one, (permit, { id }) => pause(permit, id))
export const resumeAccount = action('accounts.manage', one, (permit, { id }) => resume(permit, id))
export const removeAccount = action('accounts.manage', one, (permit, { id }) => remove(permit, id))
export const refreshAccounts = action(
  'accounts.refresh',
  z.object({
    id: z
      .string()
      .regex(/^\d{12}$/)
      .nullable(),
  }),
  (permit, { id }) => refresh(permit, id),
)
export const stateNoOrganization = action('accounts.manage', noOrganizationInput, state)
export const retractNoOrganization = action('accounts.manage', one, (permit, { id }) =>
  retract(permit, id),
)
