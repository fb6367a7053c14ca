import { own } from '../own'

/**
 * The states of a key as AWS's console writes them. In the API, in addresses and in downloads they
 * are one word (PendingImport).
 */
const names: Readonly<Record<string, string>> = {
  PendingDeletion: 'Pending deletion',
  PendingReplicaDeletion: 'Pending replica deletion',
  PendingImport: 'Pending import',
}

/** Returns the name of a state; one that is not known is said as AWS spells it. */
export const nameOfState = (state: string): string => own(names, state) ?? state
