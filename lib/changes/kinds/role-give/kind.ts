import 'server-only'
import { z } from 'zod'
import { appendAudit } from '../../../audit/append'
import { governs, roles, type Role } from '../../../auth/permissions'
import { roleNames } from '../../../auth/role-names'
import { assignRole, mapGroup, roleFacts } from '../../../auth/roles'
import { sql, type Tx } from '../../../db/client'
import { AppError } from '../../../errors'
import type { Kind } from '../define'

const inputSchema = z.strictObject({
  to: z.union([
    z.strictObject({ personId: z.uuid().toLowerCase() }),
    z.strictObject({
      group: z
        .string()
        .trim()
        .min(1, 'Name a group.')
        .max(256, 'A group has at most 256 characters.'),
    }),
  ]),
  role: z.enum(roles),
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'An account has 12 digits.')
    .nullable(),
  /**
   * How the person or group is called, for lists: what counts is `to`, and that it is still
   * called so when it is done.
   */
  name: z.string().min(1).max(512),
})
type Input = z.infer<typeof inputSchema>

/** Who it is, as the request was read: another address under the same id is another story. */
const stateSchema = z.object({
  email: z.string().nullable(),
  name: z.string().nullable(),
  isOff: z.boolean(),
  has: z.boolean(),
})
type State = z.infer<typeof stateSchema>

const emptyState: State = { email: null, name: null, isOff: false, has: false }

async function readState({ to, role, accountId }: Input): Promise<State> {
  if ('group' in to) {
    const has = await sql.query(
      `SELECT 1 FROM "GroupMapping" WHERE "group" = $1 AND "role"::text = $2 AND "accountId" IS NOT DISTINCT FROM $3`,
      [to.group, role, accountId],
    )
    return { ...emptyState, has: has.length > 0 }
  }
  const [person] = await sql.query<State>(
    `SELECT p."email", p."name", p."disabledAt" IS NOT NULL AS "isOff", EXISTS (
       SELECT 1 FROM "Assignment" a WHERE a."personId" = p."id" AND a."group" IS NULL AND a."role"::text = $2
         AND a."accountId" IS NOT DISTINCT FROM $3) AS "has"
     FROM "Person" p WHERE p."id" = $1::uuid`,
    [to.personId, role, accountId],
  )
  return person ?? emptyState
}

const whereOf = (accountId: string | null) =>
  accountId === null ? 'every account' : `account ${accountId}`

function refuse({ to, role, name }: Input, state: State): string | null {
  if (!governs(role)) return `The role ${roleNames[role]} needs no request: give it under Settings.`
  if ('group' in to) {
    if (name !== to.group) return 'The name is not that of the group.'
    return state.has ? 'This group gives that role already.' : null
  }
  if (state.email === null) return 'This person is not known here.'
  if (name !== `${state.name} (${state.email})`) return 'The name is not that of the person.'
  if (state.isOff) return 'The access of this person is turned off.'
  return state.has ? 'This person has that role by hand already.' : null
}

function effectsOf({ to, role, accountId, name }: Input): string[] {
  const reach = `${roleNames[role]} in ${whereOf(accountId)}`
  return 'group' in to
    ? [
        `Whoever is in the group ${to.group} is ${reach} from their next sign-in, and as long as they are in it.`,
      ]
    : [`${name} is ${reach} with their next click, until the role is taken away.`]
}

const reasons: Record<Role, string> = {
  viewer: '',
  auditor: '',
  requester: '',
  approver: 'An approver decides about what others ask for.',
  keyAdministrator:
    'A key administrator decides about what others ask for, leaves grants without an end and breaks the glass.',
  admin:
    'An administrator decides about everything; for every account also about people, roles and the rules of approval.',
}

/**
 * A role that decides or administers, for a person or by a group: given in
 * the transaction that says so.
 */
export const roleGive: Kind = {
  name: 'role-give',
  label: 'Give a role that decides',
  group: 'Claviger',
  about: 'house',
  end: 'never',
  exclusive: false,
  role: null,
  asks: 'people.manage',
  parse: (input) => inputSchema.parse(input),
  open({ input, changeId }) {
    const asked = inputSchema.parse(input)
    const { to, role, accountId, name } = asked
    return {
      where: 'house',
      read: () => readState(asked),
      refuse: (state) => refuse(asked, stateSchema.parse(state)),
      title: () =>
        `Give ${'group' in to ? `the group ${name}` : name} the role ${roleNames[role]} in ${whereOf(accountId)}`,
      risk: () => ({ risk: 'high', reasons: [reasons[role]] }),
      impact: () => ({
        effects: effectsOf(asked),
        warnings: [
          'Whoever gets the role does not decide about it, nor does who asks. It can be ' +
            'taken away at any time, without a request.',
        ],
      }),
      apply: (tx, baseline) => give(tx, asked, { changeId, baseline: stateSchema.parse(baseline) }),
    }
  },
}

async function give(
  tx: Tx,
  asked: Input,
  { changeId, baseline }: { changeId: string; baseline: State },
): Promise<string | null> {
  const { to, role, accountId } = asked
  const [request] = await tx.query<{ id: string; requesterId: string; requesterName: string }>(
    'SELECT r."id", r."requesterId", r."requesterName" FROM "Change" c JOIN "Request" r ON ' +
      'r."id" = c."requestId" WHERE c."id" = $1::uuid',
    [changeId],
  )
  if (!request) return 'The request of this change is not there any more.'
  const person = 'personId' in to ? await findPerson(tx, to.personId) : baseline
  if (person?.email !== baseline.email || person.name !== baseline.name) {
    return 'This person has another name or address since, or no access any more. Nothing was given.'
  }
  try {
    if ('group' in to) await mapGroup(tx, { group: to.group, role, accountId })
    else
      await assignRole(tx, {
        personId: to.personId,
        role,
        accountId,
        createdById: request.requesterId,
      })
  } catch (error) {
    if (error instanceof AppError) return `${error.message} Nothing was given.`
    throw error
  }
  const by = { requestId: request.id, actor: { id: null, name: 'worker' } }
  const data = { ...roleFacts({ role, accountId }), changeId, askedBy: request.requesterName }
  await appendAudit(
    tx,
    'group' in to
      ? { ...by, event: 'mapping.added', data: { ...data, group: to.group } }
      : {
          ...by,
          event: 'role.granted',
          data: { ...data, to: baseline.email, personId: to.personId },
        },
  )
  return null
}

/** Null also for somebody whose access is off. */
async function findPerson(tx: Tx, personId: string): Promise<Pick<State, 'email' | 'name'> | null> {
  return tx.person.findFirst({
    where: { id: personId, disabledAt: null },
    select: { email: true, name: true },
  })
}
