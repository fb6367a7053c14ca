import { compileCondition, type CompiledCondition } from './conditions'
import type { ListElement, PolicyDocument, PolicyStatement } from './document'
import {
  compilePattern,
  compileResource,
  markWildcards,
  matchPattern,
  type Pattern,
  type ResourcePattern,
} from './match'
import { indexPrincipal, type PrincipalIndex } from './principal'
import { compileText, type Template } from './template'

export interface CompiledStatement {
  source: PolicyStatement
  allows: boolean
  /** Lower case. null: the statement has neither Action nor NotAction. */
  actions: { negated: boolean; patterns: readonly Pattern[] } | null
  resources: { negated: boolean; patterns: readonly (ResourcePattern | Template)[] } | null
  conditions: readonly CompiledCondition[]
  principal: PrincipalIndex | null
}

/** A policy made ready to be asked many times. */
export interface CompiledPolicy {
  document: PolicyDocument
  statements: readonly CompiledStatement[]
  /**
   * Lower-case action to the statements that speak of it: most policies are asked about
   * few actions, again and again.
   */
  byAction: Map<string, readonly CompiledStatement[]>
}

const compiled = new WeakMap<PolicyDocument, CompiledPolicy>()

/** Once for each document, however often it is asked for. */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  let policy = compiled.get(document)
  if (!policy) {
    policy = {
      document,
      statements: document.statements.map((statement) => compileStatement(statement, document)),
      byAction: new Map(),
    }
    compiled.set(document, policy)
  }
  return policy
}

/**
 * Statements of which the action is listed, and those of which that cannot be
 * read. `action` in lower case.
 */
export function statementsFor(
  policy: CompiledPolicy,
  action: string,
): readonly CompiledStatement[] {
  let statements = policy.byAction.get(action)
  if (!statements) {
    statements = policy.statements.filter(({ actions, source }) => {
      if (!actions) return source.unreadable !== null
      return actions.patterns.some((pattern) => matchPattern(pattern, action)) !== actions.negated
    })
    if (policy.byAction.size >= 200) policy.byAction.clear()
    policy.byAction.set(action, statements)
  }
  return statements
}

function compileStatement(
  source: PolicyStatement,
  { type, variables }: PolicyDocument,
): CompiledStatement {
  return {
    source,
    allows: source.effect?.value === 'Allow',
    actions: source.action && {
      negated: source.action.negated,
      patterns: source.action.values.map(({ value }) =>
        compilePattern(markWildcards(value.toLowerCase())),
      ),
    },
    resources: source.resource && {
      negated: source.resource.negated,
      patterns: compileResources(source.resource, variables),
    },
    principal: source.principal && indexPrincipal(source.principal),
    conditions: (source.conditions ?? []).map((condition) =>
      compileCondition(condition, variables, type),
    ),
  }
}

function compileResources(
  element: ListElement,
  variables: boolean,
): (ResourcePattern | Template)[] {
  return element.values.map(({ value }) => {
    const text = compileText(value, variables, true)
    return 'template' in text ? text.template : compileResource(text.text)
  })
}
