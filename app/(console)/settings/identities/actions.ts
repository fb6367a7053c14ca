'use server'

import { z } from 'zod'
import { action } from '@/lib/door/action'
import { addIdentityLink, removeIdentityLink } from '@/lib/settings/linked-identities'

const person = z.uuid('Choose an identity.')

export const linkIdentities = action(
  'people.manage',
  z.object({
    aId: person,
    bId: person,
    reason: z.string().trim().min(1, 'Say how you know.').max(500, 'At most 500 characters.'),
  }),
  addIdentityLink,
)
export const unlinkIdentities = action(
  'people.manage',
  z.object({ linkId: z.uuid('This is no id of ours.') }),
  removeIdentityLink,
)
