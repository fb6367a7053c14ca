import type { PolicyCondition, PolicyStatement } from '../document'
import { enumerate, type Linting } from './linting'
import { operationsOf } from './reach'

type Names = 'tags' | 'aliases'

/** POL-10: access by tag or alias is access by whoever may change tags or aliases. */
export function lintAbac(lint: Linting): void {
  for (const statement of lint.document.statements) {
    if (statement.effect?.value !== 'Allow' || statement.unreadable !== null) continue
    for (const condition of statement.conditions ?? []) {
      const by = namesOf(condition)
      if (by === null) continue
      const changers = findChangers(lint, statement, by)
      if (changers === null) continue
      lint.report(
        'ABAC_BY_CHANGEABLE_NAMES',
        { path: condition.path, span: condition.keySpan },
        `This allows by the key's ${by}, and ${changers} may change ${by} without ` +
          'administering the key: who renames a key takes it.',
        (by === 'tags'
          ? 'Deny kms:TagResource and kms:UntagResource'
          : 'Deny kms:CreateAlias, kms:UpdateAlias and kms:DeleteAlias') +
          ' to all but administrators.',
      )
    }
  }
}

function namesOf({ keyName, operator }: PolicyCondition): Names | null {
  if (operator.negated || operator.type === 'Null') return null
  if (keyName.startsWith('aws:resourcetag/')) return 'tags'
  return keyName === 'kms:resourcealiases' || keyName === 'kms:requestalias' ? 'aliases' : null
}

const changing: Readonly<Record<Names, readonly string[]>> = {
  tags: ['tagresource', 'untagresource'],
  aliases: ['createalias', 'updatealias', 'deletealias'],
}

/**
 * Who else may change them: as given, else as the same document says. null: nobody that is known
 * of.
 */
function findChangers(lint: Linting, statement: PolicyStatement, by: Names): string | null {
  const given = lint.facts.whoMayChangeAliases
  if (given && given.length > 0) return enumerate([...given].sort(), 3)
  const others = lint.document.statements.filter(
    (other) =>
      other !== statement &&
      other.effect?.value === 'Allow' &&
      other.unreadable === null &&
      changing[by].some((operation) => operationsOf(other).has(operation)) &&
      !operationsOf(other).has('putkeypolicy') &&
      !(other.conditions ?? []).some((condition) => namesOf(condition) === by),
  )
  if (others.length === 0) return null
  // An identity policy has one holder: the same who is allowed by the name.
  if (lint.document.type !== 'key') return 'whoever has this policy'
  const names = others.flatMap(({ principal }) =>
    principal?.negated === false ? principal.values.map(({ value }) => value) : [],
  )
  return names.length === 0 ? null : enumerate([...new Set(names)].sort(), 3)
}
