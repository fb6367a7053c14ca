import { tableHref } from '../../table/state'
import type { Token } from '../../table/filter'
import { eventsTable } from '../events-table'

/** What events in the trail can be narrowed to by a link. */
export type Narrowed = Partial<
  Record<
    | 'key'
    | 'principal'
    | 'operation'
    | 'outcome'
    | 'via'
    | 'resource'
    | 'ip'
    | 'vpcEndpoint'
    | 'account',
    string
  >
> & {
  /** The day from which on. */
  since?: string
}

/** Returns the address of the events that all of this is true of. */
export function hrefOfEvents({ since, ...values }: Narrowed): string {
  const tokens = Object.entries(values).map(
    ([property, value]): Token => ({ property, operator: 'eq', values: [value] }),
  )
  const from: Token[] = since
    ? [{ property: 'time', operator: 'ge', values: [since.slice(0, 10)] }]
    : []
  return tableHref(eventsTable.path, eventsTable, ...tokens, ...from)
}
