import { compileCondition, type CompiledCondition } from './conditions'
import type { ListElement, PolicyDocument, PolicyStatement } from './document'
import { compileArn, compilePattern, markWildcards, type ArnPattern, type Pattern } from './match'
import { compileText, type Template } from './template'

export interface CompiledStatement {
  source: PolicyStatement
  allows: boolean
  /** Lower case. null: the statement has neither Action nor NotAction. */
  actions: { negated: boolean, patterns: readonly Pattern[] } | null
  resources: { negated: boolean, patterns: readonly (ArnPattern | Template)[] } | null
  conditions: readonly CompiledCondition[]
}

/** A policy made ready to be asked many times. */
export interface CompiledPolicy { document: PolicyDocument, statements: readonly CompiledStatement[] }

const compiled = new WeakMap<PolicyDocument, CompiledPolicy>()

/** Once for each document, however often it is asked for. */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  let policy = compiled.get(document)
  if (!policy) {
    policy = { document, statements: document.statements.map((statement) => compileStatement(statement, document.variables)) }
    compiled.set(document, policy)
  }
  return policy
}

function compileStatement(source: PolicyStatement, variables: boolean): CompiledStatement {
  return {
    source,
    allows: source.effect?.value === 'Allow',
    actions: source.action && { negated: source.action.negated, patterns: source.action.values.map(({ value }) => compilePattern(markWildcards(value.toLowerCase()))) },
    resources: source.resource && { negated: source.resource.negated, patterns: compileResources(source.resource, variables) },
    conditions: (source.conditions ?? []).map((condition) => compileCondition(condition, variables)),
  }
}

function compileResources(element: ListElement, variables: boolean): (ArnPattern | Template)[] {
  return element.values.map(({ value }) => {
    const text = compileText(value, variables, true)
    return 'template' in text ? text.template : compileArn(text.text)
  })
}
