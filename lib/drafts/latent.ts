/**
 * What a change of the key policy opens for another account whose IAM does not use it yet: that
 * account's administrators can complete it alone, without anyone deciding here again. Pure.
 */
import { namedBy } from '../access/candidates'
import { accountOfPrincipal } from '../access/principal-facts'
import type { PolicyDocument } from '../policy/document'
import type { AbilityChange, PrincipalChange } from './compare'

export type LatentRow = {
  principal: string
  name: string
  accountId: string
  accountName: string | null
  direction: 'opened' | 'closed'
  abilities: readonly string[]
  /** It gains or loses nothing at once. */
  isAll: boolean
}
/** An account whose administrators complete what the change opens. */
export type Completer = { accountId: string; accountName: string | null }

type NameOf = (accountId: string) => string | null

export function listLatent(changes: readonly PrincipalChange[], nameOf: NameOf): LatentRow[] {
  return changes.flatMap(({ id, name, accountId, latent, changes: { length } }) =>
    accountId === null
      ? []
      : (['opened', 'closed'] as const).flatMap((direction): LatentRow[] =>
          latent[direction].length === 0
            ? []
            : [
                {
                  principal: id,
                  name,
                  accountId,
                  accountName: nameOf(accountId),
                  direction,
                  abilities: latent[direction],
                  isAll: length === 0,
                },
              ],
        ),
  )
}

/**
 * Accounts that the change trusts with something new: what their principals then can
 * do, their own IAM decides.
 */
export function listCompleters(changes: readonly PrincipalChange[], nameOf: NameOf): Completer[] {
  const accounts = new Set(
    changes.flatMap(({ accountId, kind, nearness, connected, latent, changes: own }) => {
      // Also of an account of which the asker is told no more than that it is another one.
      const isForeign = nearness !== 'account' && nearness !== 'aws'
      if (accountId === null || !isForeign) return []
      // What an account as such gains under a condition, its administrators still hand on to whom
      // they like. What is not known yet, they can make sure of as well.
      const isOpen = ({ direction, after }: AbilityChange) =>
        (direction === 'gained' || direction === 'unclear') &&
        (kind === 'account' || !connected || after === 'delegated' || after === 'unknown')
      return latent.opened.length > 0 || own.some(isOpen) ? [accountId] : []
    }),
  )
  return [...accounts].sort().map((accountId) => ({ accountId, accountName: nameOf(accountId) }))
}

/**
 * Returns the other accounts that a policy allows something and today's does not speak of; all of
 * them where today's cannot be read. What is left to go by where not enough is known to compare.
 */
export function listNewlyTrusted(
  keyAccountId: string,
  today: PolicyDocument | null,
  text: PolicyDocument,
): string[] {
  const known = today === null || today.broken ? [] : accountsOf(today)
  const statements = text.statements.filter(({ effect }) => effect?.value !== 'Deny')
  const trusted = accountsOf({ ...text, statements })
  return [...new Set(trusted)].filter((id) => id !== keyAccountId && !known.includes(id)).sort()
}

const accountsOf = (policy: PolicyDocument): string[] =>
  [...namedBy(policy, null)].flatMap((id) => accountOfPrincipal(id) ?? [])

const nameAccount = ({ accountId, accountName }: Completer): string =>
  accountName === null ? `account ${accountId}` : `${accountName} (${accountId})`

export function sayLatent({ name, direction, abilities, isAll, ...account }: LatentRow): string {
  const what = abilities.join(', ')
  if (direction === 'closed')
    return (
      `${name}: IAM of ${nameAccount(account)} did not allow ${what}, and its administrators can ` +
      'no longer add that.'
    )
  const start = isAll ? `${name} gains nothing yet` : `${name} does not gain ${what} yet`
  return (
    `${start}: IAM of ${nameAccount(account)} does not allow ${isAll ? what : 'it'}. Its ` +
    'administrators can add that without ' +
    'this console.'
  )
}

/** What an approver confirms. */
export const sayAcknowledgement = (account: Completer): string =>
  `I know that the administrators of ${nameAccount(account)} can complete this`
