import 'server-only'
import type { Permit } from '../auth/permit'
import { readAskers } from '../inventory/search-things'
import { nameOfPrincipal } from './principal-facts'

export type Suggestion = { id: string; name: string; kind: string; accountId: string }

const most = 25
/** Of many that have the words, so many are looked through for the shortest. */
const looked = 200

/** Returns users and roles in the person's scope whose ARN has every word in it. */
export async function suggestPrincipals(
  permit: Permit<'access.read'>,
  text: string,
): Promise<Suggestion[]> {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, 5)
  const found = await readAskers(permit.scope, words, looked)
  return found
    .map(({ id, detail, accountId }) => ({
      id,
      name: nameOfPrincipal(id),
      kind: detail,
      accountId,
    }))
    .sort((a, b) => a.id.length - b.id.length || (a.id < b.id ? -1 : 1))
    .slice(0, most)
}
