import 'server-only'
import { factsOf } from './open'

/** The key that a change takes something from, beside its own: rules about it hold as well. */
export function otherKeyOf({ kind, input }: { kind: string; input: unknown }): string | null {
  const { fromKeyArn } = factsOf(input)
  return kind === 'alias-update' && typeof fromKeyArn === 'string' ? fromKeyArn : null
}
