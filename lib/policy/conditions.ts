import { compileComparison, marksWildcards, type Comparison } from './compare'
import type { RequestContext } from './context'
import type { PolicyCondition, PolicyType } from './document'
import { parseBool } from './scalars'
import { compileText, fillTemplate, type Template } from './template'
import { and, maybe, no, not, or, unknown, yes, type Verdict } from './verdict'

export interface CompiledCondition {
  source: PolicyCondition
  /** A value with variables is compared when the request is known. */
  values: readonly (Comparison | Template)[]
  /** Requests never show the key to a policy of this type. */
  hidden: boolean
}

const ofResources: readonly PolicyType[] = ['key', 'rcp', 'endpoint']

/** KMS guide, "kms:ResourceAliases": policy type "IAM policies only". */
export function isHiddenFrom(keyName: string, type: PolicyType): boolean {
  return keyName === 'kms:resourcealiases' && ofResources.includes(type)
}

export function compileCondition(
  source: PolicyCondition,
  variables: boolean,
  type: PolicyType,
): CompiledCondition {
  const values = source.values.map(({ value }) => {
    const compiled = compileText(value, variables, marksWildcards(source.operator))
    return 'template' in compiled
      ? compiled.template
      : compileComparison(source.operator, compiled.text)
  })
  return { source, values, hidden: isHiddenFrom(source.keyName, type) }
}

/** All conditions of a statement must hold. */
export function judgeConditions(
  conditions: readonly CompiledCondition[],
  context: RequestContext,
): Verdict {
  let verdict: Verdict = yes
  for (const condition of conditions) {
    verdict = and(verdict, judgeCondition(condition, context))
    if (verdict === no) return no
  }
  return verdict
}

/**
 * One key under one operator (IAM, "Condition operators" and "Single-valued vs.
 * multivalued context keys").
 */
export function judgeCondition(condition: CompiledCondition, context: RequestContext): Verdict {
  const { operator, keyName } = condition.source
  const values = condition.hidden ? null : context.find(keyName)
  const isOpen = !condition.hidden && context.isOpen(keyName)
  if (operator.type === 'Null') return judgeNull(condition, values, isOpen)
  if (!values) {
    const absent = judgeAbsent(condition)
    // Of a key that may be there, the verdict stands only if no value could change it.
    return isOpen && judgeAnyValue(condition) !== absent ? maybe : absent
  }
  if (operator.qualifier === 'ForAllValues') {
    // "… or if the key values resolve to a null data set, such as an empty
    // string" (IAM, "Set operators").
    if (values.every((value) => value === '')) return yes
    let verdict: Verdict = yes
    for (const value of values) verdict = and(verdict, judgeValue(condition, value, context))
    return verdict
  }
  // Several values without a set operator: a plain operator passes if one does, a negated one if
  // none is among those listed.
  const combine = operator.qualifier === null && operator.negated ? and : or
  let verdict: Verdict = combine === or ? no : yes
  for (const value of values) verdict = combine(verdict, judgeValue(condition, value, context))
  return verdict
}

function judgeNull(
  { source }: CompiledCondition,
  values: readonly string[] | null | undefined,
  open: boolean,
): Verdict {
  let [whenAbsent, whenPresent]: Verdict[] = [no, no]
  for (const { value } of source.values) {
    const wanted = parseBool(value)
    if (wanted === true) whenAbsent = yes
    if (wanted === false) whenPresent = yes
  }
  const verdict = (values ? whenPresent : whenAbsent) ?? no
  return open && whenAbsent !== whenPresent ? maybe : verdict
}

/**
 * A key that is not in the request: IfExists, ForAllValues and negated operators pass, ForAnyValue
 * and the rest do not. Of ForAnyValue with IfExists IAM says both: that IfExists makes it true, and
 * that ForAnyValue is false without values.
 */
function judgeAbsent({ source: { operator } }: CompiledCondition): Verdict {
  if (operator.ifExists && operator.qualifier === 'ForAnyValue') return unknown
  if (operator.ifExists || operator.qualifier === 'ForAllValues') return yes
  return operator.negated && operator.qualifier !== 'ForAnyValue' ? yes : no
}

/** What the condition says to whatever value; maybe where that depends on the value. */
function judgeAnyValue({ source: { operator }, values }: CompiledCondition): Verdict {
  if (values.length === 0) return operator.negated ? yes : no
  if (values.some((value) => 'catchAll' in value && value.catchAll))
    return operator.negated ? no : yes
  return maybe
}

/**
 * One value of the request: plain operators want one of the policy's values
 * to match, negated ones none.
 */
function judgeValue(
  { source: { operator }, values }: CompiledCondition,
  actual: string,
  context: RequestContext,
): Verdict {
  let matched: Verdict = no
  for (const value of values) {
    if ('test' in value) matched = value.test(actual) ? yes : matched
    else {
      const filled = fillTemplate(value, context)
      if (filled === 'open') matched = or(matched, maybe)
      else if (filled !== null && compileComparison(operator, filled.text).test(actual))
        matched = yes
    }
    if (matched === yes) break
  }
  return operator.negated ? not(matched) : matched
}
