import { parseKeyArn } from '../kms/arn'
import { own } from '../own'
import type { EventFacts } from './event-row'
import { nameOfPrincipal } from './principal'
import { unknownContext } from './resources'

/** What happened, in a sentence for a person. Pure. */
export function sentenceOf(event: EventFacts): string {
  const { principalKind, session, operation, key, via, outcome, error } = event
  const by = session ? ` (session ${session})` : ''
  const on = key ? ` on key ${parseKeyArn(key)?.keyId ?? key}` : ''
  const through = via ? ` through ${via}` : ''
  const ended = { denied: ' and was denied', failed: ` and failed with ${error}` }
  const who = `${own(kinds, principalKind) ?? ''}${nameOfPrincipal(event.principal)}${by}`
  const what = `${operation}${on}${forWhat(event)}${through}`
  return `${who} called ${what}${own(ended, outcome) ?? ''}.`
}

const kinds: Readonly<Record<string, string>> = {
  role: 'Role ',
  permissionSet: 'Permission set ',
  user: 'User ',
  root: 'Root user ',
  federated: 'Federated user ',
  identityCenter: 'Identity Center user ',
  account: 'Somebody of account ',
}

function forWhat({ resourceKind, resource }: EventFacts): string {
  if (resource === null || resourceKind === null) return ''
  return resourceKind === unknownContext
    ? `, with encryption context of ${resource}`
    : ` for ${resourceKind} ${resource}`
}
