import { answerInState, type StateAnswer } from '../kms/key-states'
import { nameOfState } from '../kms/state-names'
import { isIamOnly, operationOf } from '../kms/operations'
import type { Ability } from './abilities'
import { judgeAction, type Cell, type Extra } from './judge'
import type { KeyFacts } from './key-facts'
import type { PrincipalFacts } from './principal-facts'

/**
 * Whether AWS takes an operation in the state the key is in, whoever asks. It stands beside the
 * permission and never in its place: a key that is enabled again is open to everyone who was
 * allowed all along. unknown: the state was not read.
 */
export type Usability = 'usable' | 'unusable' | 'unknown'

/** By ability; only of those that are not refused by policy. */
export type Uses = Readonly<Record<string, Usability>>

export type Use = {
  is: Usability
  /** As AWS spells it; null: not read. */
  keyState: string | null
  /** What AWS answers while the state lasts. */
  error: Exclude<StateAnswer, 'works'> | null
  /** For a person; '' while nothing stands in the way. */
  words: string
}

/** Tells whether KMS takes one action on a key in this state (lib/kms/README.md, "Key states"). */
export function useOf(action: string, keyState: string | null): Use {
  const operation = operationOf(action)
  // What is asked of the account, such as ListKeys, no state of a key stops.
  const answer = isIamOnly(operation) ? 'works' : answerInState(operation, keyState)
  if (answer === 'works') return { is: 'usable', keyState, error: null, words: '' }
  if (answer === null) {
    const words =
      keyState === null
        ? 'the state of the key has not been read'
        : `what AWS answers while the key is ${keyState} is not known`
    return { is: 'unknown', keyState, error: null, words }
  }
  return { is: 'unusable', keyState, error: answer, words: sayState(operation, keyState ?? '') }
}

const stateWords = new Map([
  ['Creating', 'being created'],
  ['Updating', 'being updated'],
])

function sayState(operation: string, keyState: string): string {
  if (operation === 'cancelkeydeletion') return 'the key is not pending deletion'
  return `the key is ${stateWords.get(keyState) ?? nameOfState(keyState).toLowerCase()}`
}

/** Judges the use of each ability somebody has, even only perhaps. */
export function judgeUses(
  key: KeyFacts,
  principal: PrincipalFacts,
  abilities: readonly Ability[],
  cells: Readonly<Record<string, Cell>>,
): Uses {
  const had = abilities.filter(({ id }) => (cells[id] ?? 'no') !== 'no')
  return Object.fromEntries(had.map((ability) => [ability.id, judgeUse(key, principal, ability)]))
}

/**
 * Judges whether an ability can be used in the key's state. Having one of its actions is having the
 * ability, so one that is both allowed and taken by AWS makes it usable.
 */
export function judgeUse(
  key: KeyFacts,
  principal: PrincipalFacts,
  { actions }: Pick<Ability, 'actions'>,
  extra?: Extra,
): Usability {
  const uses = new Set(actions.map((action) => useOf(action, key.keyState).is))
  const [only] = uses
  if (uses.size === 1 && only) return only
  // Who is allowed only what this state stops cannot use the rest: now it matters
  // which of them are allowed.
  const allowed = actions.filter((action) => judgeAction(key, principal, action, extra) !== 'no')
  const found = new Set(allowed.map((action) => useOf(action, key.keyState).is))
  return (['usable', 'unknown', 'unusable'] as const).find((use) => found.has(use)) ?? 'unknown'
}
