import 'server-only'
import type { Kind } from './define'
import { kinds } from './registry'
import { whyNot, type AskableKey, type KindTraits } from './traits'

/**
 * A change that the menu of a key offers; `why`: the reason against it, null where there is none.
 */
export type Offer = Pick<KindTraits, 'name' | 'label'> & { group: string; why: string | null }

/** What ends or adopts a grant is offered at the grant. */
const isOfKey = ({ about, grant }: Kind) =>
  about === 'key' && (grant === undefined || grant === 'makes')

/** Returns what can be asked for at this key, in the order of the registry. */
export const listOffers = (key: AskableKey): Offer[] =>
  Object.values(kinds)
    .filter(isOfKey)
    .map((kind) => ({
      name: kind.name,
      label: kind.label,
      group: kind.group,
      why: whyNot(kind, key),
    }))
