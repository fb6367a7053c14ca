import 'server-only'
import { scopeOf } from '../../auth/permissions'
import type { Actor } from '../../auth/permit'
import { AppError } from '../../errors'
import type { Kind } from '../kinds/define'

/**
 * Refuses a kind of change that takes more than the right to request changes.
 * @throws AppError forbidden
 */
export function requireAsker({ assigned }: Actor, { label, asks }: Kind): void {
  if (asks === undefined || scopeOf(assigned, asks) !== null) return
  throw new AppError('forbidden', `${label}: to ask for this takes the permission ${asks}.`, {
    permission: asks,
  })
}
