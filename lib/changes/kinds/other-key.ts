import 'server-only'
import { factsOf } from './open'
import { kindOf } from './registry'

/**
 * Returns the key that a change takes something from, beside its own: rules about it hold as well.
 */
export function otherKeyOf({ kind, input }: { kind: string; input: unknown }): string | null {
  const member = kindOf(kind)?.otherKey
  const named = member === undefined ? null : factsOf(input)[member]
  return typeof named === 'string' ? named : null
}
