import type { Inputs, PolicyList } from './case'
import { statementsFor, type CompiledPolicy } from './compile'
import { judgeCondition } from './conditions'
import type { PolicyCondition } from './document'
import type { Judgment } from './judge'
import { matchPrincipal, namedDirectly, namesSession, notNamed } from './principal'
import type { Hit, SourceName } from './scan'
import { judgeResource } from './statement'
import { no, yes } from './verdict'

export interface NearMiss {
  hit: Hit
  condition: PolicyCondition
}

/**
 * Statements of a source that would allow this to this caller, if a condition held that does
 * not. For the words of a no.
 */
export function findNearMisses({ inputs, request }: Judgment, source: SourceName): NearMiss[] {
  const misses: NearMiss[] = []
  for (const { policy, index, prefix } of policiesOf(inputs, source)) {
    for (const statement of statementsFor(policy, request.actionName)) {
      if (
        !statement.allows ||
        statement.source.unreadable !== null ||
        judgeResource(statement, request) !== yes
      )
        continue
      const naming = statement.principal
        ? matchPrincipal(statement.principal, request.caller)
        : namedDirectly
      const isNamed =
        naming !== notNamed ||
        (statement.principal !== null && namesSession(statement.principal, request.caller))
      const failing = !isNamed
        ? undefined
        : statement.conditions.find(
            (condition) => judgeCondition(condition, request.context) === no,
          )
      if (failing)
        misses.push({
          hit: { source, index, prefix, statement, verdict: no, naming, open: null },
          condition: failing.source,
        })
    }
  }
  return misses
}

interface PlacedPolicy {
  policy: CompiledPolicy
  index: number
  prefix: string
}

function policiesOf(inputs: Inputs, source: SourceName): PlacedPolicy[] {
  const list = (policies: PolicyList | null | undefined): PlacedPolicy[] =>
    (policies ?? []).flatMap((policy, index) => (policy ? [{ policy, index, prefix: '' }] : []))
  const levels = (all: Inputs['serviceControlPolicies']): PlacedPolicy[] =>
    (all ?? []).flatMap((level, index) =>
      list(level).map((placed) => ({ ...placed, index, prefix: `[${placed.index}].` })),
    )
  switch (source) {
    case 'keyPolicy':
      return inputs.keyPolicy ? list([inputs.keyPolicy]) : []
    case 'serviceControlPolicies':
    case 'resourceControlPolicies':
      return levels(inputs[source])
    case 'grants':
      return []
    default:
      return list(inputs[source])
  }
}
