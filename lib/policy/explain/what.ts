import type { ListElement, PolicyStatement, PolicyType } from '../document'
import { isIamOnly } from '../../kms/operations'
import { kmsActions } from '../lint/kms'
import { operationsMatching, operationsOf } from '../lint/reach'
import { abilities, type Ability } from './abilities'
import { joinPhrases, quote } from './phrases'

export interface What {
  /** A verb phrase for each ability: "use the key to decrypt and encrypt". */
  each: string[]
  /** Everything but those. */
  except: boolean
  /** Values of Action that no known action of KMS matches. */
  strange: string[]
}

export function sayWhat(statement: PolicyStatement, type: PolicyType): What {
  const { action } = statement
  if (!action || action.values.length === 0)
    return { each: ['do nothing'], except: false, strange: [] }
  const forbids = statement.effect?.value === 'Deny'
  if (action.negated) return { ...sayActions(action, listed(action), forbids), except: true }
  const all = operationsOf(statement)
  // A key policy has no say in what is about no key: kms:Create* of the console's default
  // is not "create keys" there.
  const said =
    type === 'key' && all.size < kmsActions.length
      ? new Set([...all].filter((operation) => !isIamOnly(operation)))
      : all
  return { ...sayActions(action, said.size > 0 ? said : all, forbids), except: false }
}

function listed({ values }: ListElement): ReadonlySet<string> {
  return new Set(values.flatMap(({ value }) => operationsMatching(value)))
}

function sayActions(
  action: ListElement,
  operations: ReadonlySet<string>,
  forbids: boolean,
): Omit<What, 'except'> {
  const values = action.values.map(({ value }) => value)
  if (values.some((value) => value === '*' || value === '*:*'))
    return { each: [forbids ? 'do anything' : 'do everything'], strange: [] }
  const known =
    operations.size === kmsActions.length
      ? ['do everything with the key']
      : abilities.flatMap((ability) => sayAbility(ability, operations))
  const each = forbids ? known.map(negate) : known
  const strange: string[] = []
  for (const value of new Set(values)) {
    const [service = '', name = ''] = value.split(':')
    if (/^[k*?]/i.test(service) && operationsMatching(value).length > 0) continue
    if (service.toLowerCase() === 'kms') strange.push(value)
    else each.push(name === '*' ? `use every action of ${service}` : `call ${value}`)
  }
  for (const value of strange) each.push(`call ${quote(value)}, which KMS does not know`)
  return { each, strange }
}

/** One may do this and that, but may not do this or that. */
function negate(phrase: string): string {
  return phrase
    .replace(/\beverything\b/g, 'anything')
    .replace(/\bevery\b/g, 'any')
    .replace(/ and /g, ' or ')
}

function sayAbility({ verb, whole, parts }: Ability, operations: ReadonlySet<string>): string[] {
  const words = parts.filter(([, ...names]) => names.some((name) => operations.has(name)))
  if (words.length === 0) return []
  if (whole !== null && parts.every(([, ...names]) => names.every((name) => operations.has(name))))
    return [whole]
  const said = words.map(([text, ...names]) => {
    const missing = names.filter((name) => !operations.has(name))
    if (missing.length === 0) return text
    const had = kmsActions.filter(
      ({ operation }) => names.includes(operation) && operations.has(operation),
    )
    return `${text} (${had.map(({ name }) => name).join(', ')} only)`
  })
  return [`${verb}${verb === '' ? '' : ' '}${joinPhrases(said, 'and', 20)}`]
}

/** "use the key to decrypt and encrypt; and make grants" */
export function sayWhatShort({ each, except }: What, forbids: boolean): string {
  const word = forbids || except ? 'or' : 'and'
  const simple =
    each.length < 2 || (each.length === 2 && each.every((phrase) => !/ and | or |, /.test(phrase)))
  const all = simple
    ? joinPhrases(each, word)
    : `${each.slice(0, -1).join('; ')}; ${word} ${each.at(-1) ?? ''}`
  return except ? `do anything but ${all}` : all
}
