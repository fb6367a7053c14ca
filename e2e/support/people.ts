import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { Assigned } from '../../lib/auth/permissions'
import { people } from '../../lib/sandbox/idp/people'

/** Who can sign in at the local identity provider, by the id it knows them by. */
export type Who =
  | 'viewer'
  | 'auditor'
  | 'requester'
  | 'approver'
  | 'approver-2'
  | 'key-administrator'
  | 'admin'
  | 'admin-2'
  | 'data-viewer'
  | 'data-auditor'
  | 'data-requester'
  | 'data-approver'
  | 'data-key-administrator'
  | 'data-admin'
  | 'newcomer'

/** The one account of the people whose id begins with data-. */
export const dataAccount = '638820417753'

export const everyone = people.map(({ id }) => id as Who) // the list above; a test compares

type Mapping = Assigned & { group: string }
const mappings = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../lib/sandbox/idp/group-mappings.json'), 'utf8'),
) as Mapping[] // of our own making

function personOf(who: Who) {
  const person = people.find(({ id }) => id === who)
  if (!person) throw new Error(`the identity provider knows no ${who}`)
  return person
}

/** What the mappings give a person at sign-in. */
export const assignedTo = (who: Who): Assigned[] =>
  mappings
    .filter(({ group }) => personOf(who).groups.includes(group))
    .map(({ role, accountId }) => ({ role, accountId }))
