import type { PolicyCondition, PolicyStatement } from '../document'
import { grammarOf, measurePolicy } from '../grammar'
import { operatorText } from '../operators'
import { covers } from './cover'
import { findElement } from './nodes'
import { isWholeAccount, principalAccount } from './reach'
import type { Linting } from './linting'

export function lintDocumentItself(lint: Linting): void {
  const { document } = lint
  if (!document.version && document.root?.kind === 'object')
    lint.report(
      'MISSING_VERSION',
      null,
      'The policy has no Version, so IAM reads it as 2008-10-17, in which policy variables are plain text.',
      'Add "Version": "2012-10-17".',
    )
  const { maxSize, sizeUnit } = grammarOf(document.type)
  const size = measurePolicy(document.text, sizeUnit)
  if (size > maxSize * 0.8 && size <= maxSize)
    lint.report(
      'POLICY_SIZE_NEAR_LIMIT',
      null,
      `The policy has ${size.toLocaleString('en')} of ${maxSize.toLocaleString('en')} ` +
        `${sizeUnit}: ${Math.floor((size / maxSize) * 100)} ` +
        `%. The limit cannot be raised.`,
      'Join statements, use wildcards in actions or aws:PrincipalOrgID in place of lists, or ' +
        'use grants for single principals.',
    )
  for (const { sid } of document.statements) {
    if (sid?.value === '')
      lint.report(
        'EMPTY_SID_VALUE',
        sid,
        'The Sid is empty.',
        'Remove it, or say what the statement is for.',
      )
  }
}

export function lintElements(lint: Linting): void {
  for (const statement of lint.document.statements) {
    if (lint.document.type === 'key' && statement.unreadable === null) {
      const elements = [
        ['MISSING_ACTION', 'Action', statement.action],
        ['MISSING_RESOURCE', 'Resource', statement.resource],
      ] as const
      for (const [code, name, element] of elements)
        if (!element)
          lint.report(
            code,
            statement,
            `The statement has no ${name}. KMS accepts that, and the statement does nothing.`,
            name === 'Action'
              ? 'Add the actions that it is about.'
              : 'Add "Resource": "*", which in a key policy is this key.',
          )
    }
    const inert = lint.document.type === 'key' ? 'warning' : 'suggestion'
    if (statement.action?.values.length === 0)
      lint.report(
        'EMPTY_ARRAY_ACTION',
        statement.action,
        'The list of actions is empty: the statement does nothing.',
        'List actions, or remove the statement.',
        inert,
      )
    if (statement.resource?.values.length === 0)
      lint.report(
        'EMPTY_ARRAY_RESOURCE',
        statement.resource,
        'The list of resources is empty: the statement does nothing.',
        'Write "*", or remove the statement.',
        inert,
      )
    lintEmptyPrincipal(lint, statement)
    const { Condition } = statement.elements
    if (Condition && statement.conditions?.length === 0)
      lint.report(
        'EMPTY_OBJECT_CONDITION',
        Condition,
        'The Condition is empty and asks for nothing: the statement always applies.',
        'Remove it, or add the condition that was meant.',
      )
  }
}

function lintEmptyPrincipal(lint: Linting, statement: PolicyStatement): void {
  const { principal } = statement
  if (!principal || principal.values.length > 0) return
  const node = findElement(
    lint.document,
    statement,
    principal.negated ? 'NotPrincipal' : 'Principal',
  )
  const object = node?.kind === 'object' && node.members.length === 0
  lint.report(
    object ? 'EMPTY_OBJECT_PRINCIPAL' : 'EMPTY_ARRAY_PRINCIPAL',
    principal,
    `The ${principal.negated ? 'NotPrincipal' : 'Principal'} names nobody.`,
    'Name principals, or remove the statement.',
  )
}

/**
 * A statement of which another one says the same and perhaps more. Of equal ones all but one,
 * whichever way they are ordered.
 */
export function lintRedundantStatements(lint: Linting): void {
  const all = lint.document.statements
    .filter(({ unreadable, action, resource }) => unreadable === null && action && resource)
    .map((statement) => ({
      statement,
      rank:
        `${statement.sid?.value ?? ''} ` +
        `${lint.document.text.slice(statement.span.start, statement.span.end)}`,
    }))
    .sort((a, b) =>
      a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.statement.index - b.statement.index,
    )
  for (const [at, { statement: narrow }] of all.entries()) {
    const wide = all.find(
      ({ statement }, place) =>
        place !== at &&
        coversStatement(statement, narrow) &&
        (place < at || !coversStatement(narrow, statement)),
    )?.statement
    if (wide)
      lint.report(
        'REDUNDANT_STATEMENT',
        narrow,
        `Another statement${wide.sid?.value ? ` ("${wide.sid.value.slice(0, 60)}")` : ''} says the ` +
          `same${coversStatement(narrow, wide) ? '' : ' and more'}.`,
        'Remove this statement, or narrow the other.',
      )
  }
}

function coversStatement(wide: PolicyStatement, narrow: PolicyStatement): boolean {
  return (
    wide.effect?.value === narrow.effect?.value &&
    coversPrincipal(wide, narrow) &&
    coversList(wide.resource, narrow.resource) &&
    coversConditions(wide.conditions ?? [], narrow.conditions ?? []) &&
    coversList(wide.action, narrow.action, (text) => text.toLowerCase())
  )
}

function coversList(
  wide: PolicyStatement['action'],
  narrow: PolicyStatement['action'],
  normalize = (text: string): string => text,
): boolean {
  if (
    !wide ||
    !narrow ||
    wide.negated !== narrow.negated ||
    wide.values.length === 0 ||
    narrow.values.length === 0
  )
    return false
  // What spares more says less.
  const [more, less] = wide.negated ? [narrow, wide] : [wide, narrow]
  const texts = new Set(more.values.map(({ value }) => normalize(value)))
  const wilds = [...texts].filter((text) => /[*?]/.test(text)).slice(0, 40)
  return less.values.every(
    ({ value }) =>
      texts.has(normalize(value)) || wilds.some((text) => covers(text, normalize(value))),
  )
}

function coversPrincipal(
  { principal: wide }: PolicyStatement,
  { principal: narrow }: PolicyStatement,
): boolean {
  if (!wide || !narrow) return wide === narrow
  if (!wide.negated && wide.values.some(({ anyone }) => anyone))
    return narrow.negated || narrow.values.some(({ kind }) => kind === 'AWS')
  if (wide.negated !== narrow.negated || narrow.values.length === 0) return false
  const name = (value: (typeof wide.values)[number]): string =>
    `${value.kind} ` + `${isWholeAccount(value) ? principalAccount(value) : value.value}`
  const [more, less] = wide.negated ? [narrow, wide] : [wide, narrow]
  const names = new Set(more.values.map(name))
  return less.values.every((value) => names.has(name(value)))
}

/** All that the wide one asks for, the narrow one asks for too. */
function coversConditions(
  wide: readonly PolicyCondition[],
  narrow: readonly PolicyCondition[],
): boolean {
  if (wide.length > narrow.length) return false
  if (wide.length === 0) return true
  const asked = new Set(narrow.map(sayExactly))
  return wide.every((condition) => asked.has(sayExactly(condition)))
}

const exact = new WeakMap<PolicyCondition, string>()

/** Each condition is compared with those of all other statements: said once. */
function sayExactly(condition: PolicyCondition): string {
  let text = exact.get(condition)
  if (text === undefined) {
    const { operator, keyName, values } = condition
    exact.set(
      condition,
      (text = JSON.stringify([
        operatorText(operator),
        keyName,
        values.map(({ value }) => value).sort(),
      ])),
    )
  }
  return text
}
