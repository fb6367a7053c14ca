import type { CompiledStatement } from './compile'
import { judgeConditions } from './conditions'
import {
  compileResource,
  couldBegin,
  matchArn,
  matchPattern,
  type ArnPattern,
  type ResourcePattern,
} from './match'
import type { PolicyRequest } from './request'
import { fillTemplate } from './template'
import { and, maybe, no, not, or, unknown, yes, type Verdict } from './verdict'

/**
 * Judges resource and conditions of a statement of which the action matches; whom it names is
 * judged by the caller of this.
 */
export function judgeStatement(statement: CompiledStatement, request: PolicyRequest): Verdict {
  if (statement.source.unreadable !== null) return unknown
  const resource = judgeResource(statement, request)
  return resource === no
    ? no
    : and(resource, judgeConditions(statement.conditions, request.context))
}

export function judgeResource({ resources }: CompiledStatement, request: PolicyRequest): Verdict {
  if (!resources) return no
  let matched: Verdict = no
  for (const pattern of resources.patterns) {
    if (!('pieces' in pattern)) matched = or(matched, matchResource(pattern, request))
    else {
      const filled = fillTemplate(pattern, request.context)
      if (filled === 'open') matched = or(matched, maybe)
      else if (filled !== null)
        matched = or(matched, matchResource(compileResource(filled.text), request))
    }
    if (matched === yes) break
  }
  return resources.negated ? not(matched) : matched
}

function matchResource({ arn, loose }: ResourcePattern, request: PolicyRequest): Verdict {
  if (request.aliasOnly) {
    const matched = matchAnyKey(arn, request)
    return matched === no && loose && couldBegin(loose, keyPlaceOf(request).join(':'))
      ? unknown
      : matched
  }
  if (matchArn(arn, request.resourceParts)) return yes
  return loose && matchPattern(loose, request.resource) ? unknown : no
}

/** Returns what the ARN of a key that was named by an alias begins with. */
function keyPlaceOf({ resourceParts }: PolicyRequest): string[] {
  return [...resourceParts.slice(0, 5), 'key/']
}

function matchAnyKey(pattern: ArnPattern, request: PolicyRequest): Verdict {
  if (pattern === null) return yes
  // The key was named by an alias: a pattern for every key of the Region matches, one for some keys
  // might, one for aliases never (an alias ARN authorizes no operation on a key).
  const keys = keyPlaceOf(request)
  if (
    pattern.length !== 6 ||
    !pattern.slice(0, 5).every((part, index) => matchPattern(part, keys[index] ?? ''))
  )
    return no
  const name = pattern[5]
  if (!name) return no
  if (matchPattern(name, 'key/') && matchPattern(name, 'key/-')) return yes
  const head = name.parts[0]?.runs.find(({ at }) => at === 0)?.text ?? ''
  return head.startsWith('key/') || 'key/'.startsWith(head) ? unknown : no
}
