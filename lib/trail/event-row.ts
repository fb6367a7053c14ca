import type { GrantFacts } from './event'

/** A row of the table of events, as JSON carries it. */
export type EventRow = {
  id: string
  time: string
  operation: string
  outcome: string
  access: string
  error: string | null
  principal: string
  principalKind: string
  session: string | null
  key: string | null
  via: string | null
  resource: string | null
  resourceKind: string | null
  account: string
  region: string
  ip: string | null
  agent: string | null
  vpcEndpoint: string | null
  tls: string | null
  keyExchange: string | null
  request: string | null
  event: string
}

/** One event, whole. */
export type EventFacts = EventRow & {
  moreKeys: string[] | null
  principalAccount: string | null
  sourceIdentity: string | null
  errorMessage: string | null
  grant: GrantFacts | null
  context: Record<string, string> | null
  shared: string | null
  tlsCipher: string | null
  record: string
}

/** Returns the address of an event's page. */
export const eventPath = ({ account, event }: Pick<EventRow, 'account' | 'event'>): string =>
  `/trail/${account}/${encodeURIComponent(event)}`
