'use server'

import { z } from 'zod'
import { roles } from '@/lib/auth/permissions'
import { action } from '@/lib/door/action'
import { endOwnSessions, endSessions, setDisabled } from '@/lib/settings/access'
import { askForRole } from '@/lib/settings/four-eyes'
import { addMapping as add, removeMapping as remove } from '@/lib/settings/group-mappings'
import { setOwnerTag as set } from '@/lib/settings/owner-tag'
import { giveRole as give, takeRole as take } from '@/lib/settings/roles-by-hand'
import { endOwnSession, endSession as end } from '@/lib/settings/sessions'

const id = z.uuid('This is no id of ours.')
const role = z.enum(roles, 'Choose a role.')
const accountId = z
  .string()
  .regex(/^\d{12}$/, 'An account has 12 digits.')
  .nullable()
const groupName = z
  .string()
  .trim()
  .min(1, 'Name a group.')
  .max(256, 'A group has at most 256 characters.')
const why = z
  .string()
  .trim()
  .min(1, 'Say why this is needed.')
  .max(4_000, 'At most 4,000 characters.')

export const giveRole = action('people.manage', z.object({ personId: id, role, accountId }), give)
export const takeRole = action('people.manage', z.object({ assignmentId: id }), take)
export const changeAccess = action(
  'people.manage',
  z.object({ personId: id, disabled: z.boolean() }),
  setDisabled,
)
export const endPersonSessions = action('people.manage', z.object({ personId: id }), endSessions)
export const endMySessions = action('keys.read', z.object({}), endOwnSessions)
export const endSession = action('people.manage', z.object({ sessionId: id }), end)
export const endMySession = action('keys.read', z.object({ sessionId: id }), endOwnSession)
export const addMapping = action(
  'settings.manage',
  z.object({ group: groupName, role, accountId }),
  add,
)
export const requestRole = action(
  'requests.create',
  z.object({
    to: z.union([z.object({ personId: id }), z.object({ group: groupName })]),
    role,
    accountId,
    justification: why,
  }),
  askForRole,
)
export const removeMapping = action('settings.manage', z.object({ mappingId: id }), remove)
export const setOwnerTag = action(
  'settings.manage',
  z.object({
    tag: z.string().trim().min(1, 'Name a tag.').max(128, 'A tag key has at most 128 characters.'),
  }),
  set,
)
