import { checkConditionValue } from './check-value'
import type { ConditionOperator, ConditionValue, JsonNode, PolicyCondition, Span } from './document'
import { parseOperator } from './operators'
import { describe, spanOf, type Parsing } from './parsing'

/**
 * All keys of all operators of a Condition element. `sound` is false where something in
 * it could not be understood.
 */
export function parseConditions(
  parsing: Parsing,
  node: JsonNode,
  path: string,
  variables: boolean,
): { conditions: PolicyCondition[]; sound: boolean } {
  const conditions: PolicyCondition[] = []
  if (node.kind !== 'object') {
    parsing.report(
      'DATA_TYPE_MISMATCH',
      path,
      node,
      `Condition must be an object, not ${describe(node)}.`,
    )
    return { conditions, sound: false }
  }
  let sound = true
  for (const [name, member] of parsing.membersOf(node, path)) {
    const place = `${path}.${name}`
    const operator = parseOperator(name)
    if (!operator) {
      parsing.report(
        'INVALID_CONDITION_OPERATOR',
        place,
        member.name,
        `"${name}" is no condition operator.`,
      )
      sound = false
    } else if (member.node.kind !== 'object') {
      parsing.report(
        'DATA_TYPE_MISMATCH',
        place,
        member.node,
        `${name} must be an object of condition keys, not ${describe(member.node)}.`,
      )
      sound = false
    } else {
      checkOperator(parsing, operator, name, place, member.name)
      sound =
        parseKeys(
          parsing,
          member.node,
          { operator, operatorSpan: member.name, place, variables },
          conditions,
        ) && sound
    }
  }
  return { conditions, sound }
}

function checkOperator(
  parsing: Parsing,
  operator: ConditionOperator,
  name: string,
  place: string,
  span: Span,
): void {
  if (operator.type === 'Null' && operator.ifExists)
    parsing.report(
      'NULL_WITH_IF_EXISTS',
      place,
      span,
      `${name}: Null tests for absence itself and takes no IfExists.`,
    )
}

interface KeysPlace {
  operator: ConditionOperator
  operatorSpan: Span
  place: string
  variables: boolean
}

function parseKeys(
  parsing: Parsing,
  node: JsonNode & { kind: 'object' },
  of: KeysPlace,
  into: PolicyCondition[],
): boolean {
  let sound = true
  const spellings = new Map<string, string>()
  for (const [key, member] of parsing.membersOf(node, of.place)) {
    const path = `${of.place}.${key}`
    const keyName = key.toLowerCase()
    if (spellings.has(keyName)) {
      const message =
        `"${key}" and "${spellings.get(keyName) ?? ''}" are the same condition key: key ` +
        'names do not distinguish case.'
      parsing.report('DUPLICATE_KEYS_WITH_DIFFERENT_CASE', path, member.name, message)
    }
    spellings.set(keyName, key)
    // The prefix may be an identity provider's address, as in
    // oidc.eks.eu-west-1.amazonaws.com/id/X:sub.
    if (!/^[^:\s]+:./.test(key)) {
      parsing.report(
        'INVALID_CONDITION_KEY_FORMAT',
        path,
        member.name,
        `"${key}" is no condition key: it lacks a prefix such as "aws:" or "kms:".`,
      )
    }
    const read = readValues(parsing, member.node, path)
    if (!read) sound = false
    const values = read ?? []
    const condition = {
      path,
      span: spanOf(member.node),
      operator: of.operator,
      operatorSpan: of.operatorSpan,
      key,
      keyName,
      keySpan: member.name,
    }
    for (const value of values) checkConditionValue(parsing, of.operator, value, of.variables)
    if (of.operator.type === 'Bool' && values.length > 1) {
      parsing.report(
        'INVALID_CONDITION_MULTIPLE_BOOLEAN',
        path,
        member.node,
        'A Boolean condition takes one value, not several.',
      )
    }
    into.push({ ...condition, list: member.node.kind === 'array', values })
  }
  return sound
}

function readValues(parsing: Parsing, node: JsonNode, path: string): ConditionValue[] | null {
  const nodes = node.kind === 'array' ? node.items : [node]
  const values: ConditionValue[] = []
  for (const [index, item] of nodes.entries()) {
    const place = node.kind === 'array' ? `${path}[${index}]` : path
    if (
      item.kind === 'object' ||
      item.kind === 'array' ||
      item.kind === 'null' ||
      item.value === null
    ) {
      parsing.report(
        'DATA_TYPE_MISMATCH',
        place,
        item,
        `A condition value is a string, a number or a Boolean, not ${describe(item)}.`,
      )
      return null
    }
    values.push({ value: item.text, raw: item.value, path: place, span: spanOf(item) })
  }
  return values
}
