import type { Group, Token } from '../../table/filter'
import { tableHref } from '../../table/state'
import { eventsTable } from '../events-table'

type Named =
  | 'key'
  | 'principal'
  | 'operation'
  | 'outcome'
  | 'via'
  | 'resource'
  | 'ip'
  | 'vpcEndpoint'
  | 'account'

/** What events in the trail are narrowed to by a link. */
export type Narrowed = Partial<Record<Named, string>> & {
  /** The calls of a key, each once: as its own account recorded it, or as it was denied elsewhere. */
  callsOf?: { arn: string; accountId: string }
  /** The day from which on. */
  since?: string
}

const is = (property: string, value: string): Token => ({
  property,
  operator: 'eq',
  values: [value],
})

/** Returns the address of the events that all of this is true of. */
export function hrefOfEvents({ callsOf, since, ...values }: Narrowed): string {
  const recorded: Group[] = callsOf
    ? [{ operation: 'or', tokens: [is('account', callsOf.accountId), is('outcome', 'denied')] }]
    : []
  const from: Token[] = since
    ? [{ property: 'time', operator: 'ge', values: [since.slice(0, 10)] }]
    : []
  return tableHref(
    eventsTable.path,
    eventsTable,
    ...(callsOf ? [is('key', callsOf.arn)] : []),
    ...Object.entries(values).map(([property, value]) => is(property, value)),
    ...recorded,
    ...from,
  )
}
