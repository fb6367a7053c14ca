/**
 * Two texts of a key policy, side by side, as far as the texts alone say (who it means in the end
 * the evaluator says). Pure.
 */
import type {
  PolicyCondition,
  PolicyDocument,
  PolicyStatement,
  PrincipalValue,
} from '../../../policy/document'
import { explainStatement } from '../../../policy/explain/statement'
import { isLive, isWholeAccount, operationsOf, principalAccount } from '../../../policy/lint/reach'

export type PolicyPair = {
  before: PolicyDocument
  after: PolicyDocument
  keyArn: string
  accountId: string
}
export type PolicyComparison = {
  /** Statements that are only in one of them, in sentences. */
  added: string[]
  removed: string[]
  /**
   * Principals of the key's own account that may change the policy, whatever the
   * conditions, and may no longer.
   */
  lostAdministrators: string[]
  /** Deny statements that cover PutKeyPolicy and are new. */
  newDenies: string[]
  /** Who is not of the key's account and may do more than before, or under other conditions. */
  outsiders: string[]
  /**
   * Operations that decide over the key itself and that the new statements allow where none did.
   */
  newPowers: string[]
}

/** Whoever holds one of these can give the key away, or end it. */
const powers = [
  'putkeypolicy',
  'creategrant',
  'schedulekeydeletion',
  'disablekey',
  'deleteimportedkeymaterial',
  'replicatekey',
]
const names: Readonly<Record<string, string>> = {
  putkeypolicy: 'PutKeyPolicy',
  creategrant: 'CreateGrant',
  schedulekeydeletion: 'ScheduleKeyDeletion',
  disablekey: 'DisableKey',
  deleteimportedkeymaterial: 'DeleteImportedKeyMaterial',
  replicatekey: 'ReplicateKey',
}

/**
 * Compares two key policies statement by statement, whatever their order and form: what comes and
 * goes, and who can no longer change the policy. Reads the texts alone; who can do what by them is
 * the evaluator's question. Pure.
 */
export function comparePolicies({
  before,
  after,
  keyArn,
  accountId,
}: PolicyPair): PolicyComparison {
  const was = new Set(before.statements.map(formOf))
  const is = new Set(after.statements.map(formOf))
  const added = after.statements.filter((statement) => !was.has(formOf(statement)))
  const administratorsAfter = administratorsOf(after, keyArn, accountId)
  const entriesBefore = new Set(entriesOf(before, keyArn).map(({ entry }) => entry))
  const more = entriesOf(after, keyArn).filter(({ entry }) => !entriesBefore.has(entry))
  return {
    added: added.map(say),
    removed: before.statements.filter((statement) => !is.has(formOf(statement))).map(say),
    lostAdministrators: [...administratorsOf(before, keyArn, accountId)].filter(
      (id) => !administratorsAfter.has(id),
    ),
    newDenies: added
      .filter(
        (one) =>
          one.effect?.value === 'Deny' &&
          isLive(one, keyArn) &&
          operationsOf(one).has('putkeypolicy'),
      )
      .map(say),
    outsiders: unique(
      more.filter(({ account }) => account !== accountId).map(({ label }) => label),
    ),
    newPowers: unique(
      more
        .filter(({ operation }) => powers.includes(operation))
        .map(({ label, operation }) => `${names[operation] ?? operation} to ${label}`),
    ),
  }
}

const unique = (texts: string[]) => [...new Set(texts)]
const say = (statement: PolicyStatement) => explainStatement(statement, 'key').sentence

/** Returns what a statement says, whatever its Sid, its order of lists and its layout. */
function formOf(statement: PolicyStatement): string {
  const { effect, principal, action, resource, conditions } = statement
  const list = (element: { negated: boolean; values: readonly { value: string }[] } | null) =>
    element && [element.negated, element.values.map(({ value }) => value).sort()]
  return JSON.stringify([
    effect?.value,
    statement.unreadable,
    principal && [principal.negated, principal.values.map(labelOf).sort()],
    list(action),
    list(resource),
    formOfConditions(conditions),
  ])
}

function formOfConditions(conditions: readonly PolicyCondition[] | null): string {
  return (conditions ?? [])
    .map(({ operator: { name, qualifier, ifExists }, keyName, values }) =>
      JSON.stringify([qualifier, name, ifExists, keyName, values.map(({ value }) => value).sort()]),
    )
    .sort()
    .join(' ')
}

/** `anyone` is one principal, however it is written. */
const labelOf = ({ kind, value, anyone }: PrincipalValue) =>
  anyone ? '*' : kind === 'AWS' ? value : `${kind} ${value}`

function administratorsOf(
  document: PolicyDocument,
  keyArn: string,
  accountId: string,
): Set<string> {
  const ruling = document.statements.filter(
    (statement) =>
      statement.effect?.value === 'Allow' &&
      isLive(statement, keyArn) &&
      operationsOf(statement).has('putkeypolicy') &&
      (statement.conditions ?? []).length === 0 &&
      statement.principal?.negated === false,
  )
  const values = ruling.flatMap(({ principal }) => principal?.values ?? [])
  return new Set(
    values.flatMap((value) => {
      if (value.anyone || (isWholeAccount(value) && principalAccount(value) === accountId))
        return [`account ${accountId} (root and its IAM policies)`]
      return principalAccount(value) === accountId ? [value.value] : []
    }),
  )
}

type Entry = { entry: string; label: string; account: string; operation: string }

/** Returns who is allowed what, under which conditions: one entry for each operation. */
function entriesOf(document: PolicyDocument, keyArn: string): Entry[] {
  return document.statements.flatMap((statement) => {
    const { principal, effect, conditions } = statement
    if (effect?.value !== 'Allow' || !principal || !isLive(statement, keyArn)) return []
    const parties = principal.negated
      ? [{ label: `everyone but ${principal.values.map(labelOf).join(', ')}`, account: '' }]
      : principal.values.map((value) => ({
          label: labelOf(value),
          account: principalAccount(value),
        }))
    const form = formOfConditions(conditions)
    return parties.flatMap(({ label, account }) =>
      [...operationsOf(statement)].map((operation) => ({
        entry: JSON.stringify([label, form, operation]),
        label,
        account,
        operation,
      })),
    )
  })
}
