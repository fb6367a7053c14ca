import 'server-only'
import {
  featureWords,
  type FeatureId,
  type RoleStatement,
  type WriteFeature,
} from '../../accounts/write-role'
import type { Kind } from './define'
import { kinds } from './registry'

const isFeature = (id: string): id is FeatureId => Object.hasOwn(featureWords, id)

/** Statements of the same Sid become one with the actions of all. */
function unite(statements: readonly RoleStatement[]): RoleStatement[] {
  const united = new Map<string, RoleStatement>()
  for (const one of statements) {
    const Action = [...new Set([...(united.get(one.Sid)?.Action ?? []), ...one.Action])]
    united.set(one.Sid, { ...one, Action })
  }
  return [...united.values()]
}

const statementsOf = (id: FeatureId): RoleStatement[] =>
  unite(
    Object.values(kinds).flatMap(({ role }: Kind) => (role?.feature === id ? role.statements : [])),
  )

/**
 * What a team can give and leave out, made from what the kinds of change say they need. Without a
 * feature its kinds are refused by AWS; without the role the account is read-only.
 */
export const writeFeatures: readonly WriteFeature[] = Object.keys(featureWords)
  .filter(isFeature)
  .map((id) => ({ id, ...featureWords[id], statements: statementsOf(id) }))
