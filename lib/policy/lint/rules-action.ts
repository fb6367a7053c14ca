import type { Located, PolicyStatement } from '../document'
import { isIamOnly } from '../../kms/operations'
import { findRedundant } from './cover'
import { kmsActionByOperation, kmsActions, services } from './kms'
import { canDo } from './key-usage'
import { quote, type Linting } from './linting'
import { findNearest } from './nearest'
import { operationsMatching } from './reach'

export function lintActions(lint: Linting): void {
  for (const { action, effect } of lint.document.statements) {
    if (!action) continue
    for (const value of action.values) lintAction(lint, value)
    for (const [value, by] of findRedundant(action.values, true, (text) => text.toLowerCase()))
      lint.report(
        'REDUNDANT_ACTION',
        value,
        value.value === by
          ? `${quote(by)} stands here twice.`
          : `${quote(by)} of the same list covers ${quote(value.value)}.`,
        'Remove it, or narrow the wildcard.',
      )
    const { type } = lint.document
    if (action.negated && effect?.value === 'Allow' && (type === 'key' || type === 'identity'))
      lint.report(
        'ALLOW_WITH_NOT_ACTION',
        action,
        'Allow with NotAction allows every action but those listed, those of the future too.',
        'List what should be allowed in Action.',
      )
  }
}

function lintAction(lint: Linting, located: Located<string>): void {
  const { value } = located
  const match = /^([a-zA-Z0-9*?-]+):([a-zA-Z0-9*?]+)$/.exec(value)
  // What has no such form, the grammar has refused.
  if (!match || value === '*:*') return
  const [service = '', name = ''] = [match[1]?.toLowerCase(), match[2]]
  if (/[*?]/.test(service)) {
    lint.report(
      'WILDCARD_IN_SERVICE_NAME',
      located,
      `${quote(value)} has a wildcard in the name of the service.`,
      'Write the service out.',
    )
    return
  }
  if (!services.has(service)) {
    const meant = findNearest(service, services)
    lint.report(
      'INVALID_SERVICE_IN_ACTION',
      located,
      `There is no service ${quote(service)}: the action matches nothing.`,
      meant === null
        ? 'Write the prefix of a service, as in "kms:Decrypt".'
        : `Did you mean "${meant}:${name}"?`,
    )
  } else if (service !== 'kms') {
    if (lint.document.type === 'key')
      lint.report(
        'UNSUPPORTED_ACTION_IN_POLICY',
        located,
        `${quote(value)} is no action of KMS: in a key policy it has no effect.`,
        "Remove it; give other services' actions in IAM policies.",
      )
  } else lintKmsAction(lint, located, name)
}

function lintKmsAction(lint: Linting, located: Located<string>, name: string): void {
  const operations = operationsMatching(located.value)
  const [first] = operations
  if (first === undefined) {
    lint.report(
      'INVALID_ACTION',
      located,
      `KMS has no action that ${quote(located.value)} matches: it has no effect.`,
      suggestAction(name),
    )
    return
  }
  if (/[*?]/.test(name)) return
  if (lint.document.type === 'key' && isIamOnly(first))
    lint.report(
      'INEFFECTIVE_ACTION',
      located,
      `${quote(located.value)} is about no single key: IAM policies alone decide it, and in ` +
        'a key policy it has no effect.',
      'Remove it here, and allow it in an IAM policy with Resource "*".',
    )
  if (lint.document.type === 'key' && first === 'retiregrant')
    lint.report(
      'INEFFECTIVE_ACTION',
      located,
      'Key policies have no say in kms:RetireGrant: the grant says who can retire it, and ' +
        'IAM of the account that issued it.',
      'Remove it here.',
    )
  const { keySpec, keyUsage } = lint.facts
  if (lint.document.type === 'key' && !canDo(first, keySpec, keyUsage))
    lint.report(
      'ACTION_NOT_FOR_KEY_USAGE',
      located,
      `A key of usage ${keyUsage ?? ''} (${keySpec ?? ''}) cannot do ${quote(located.value)}.`,
      'Remove it.',
    )
}

function suggestAction(name: string): string {
  const bare = name.replace(/[*?]/g, '')
  const longer = kmsActions.filter(
    ({ operation }) => bare.length > 2 && operation.startsWith(bare.toLowerCase()),
  )
  if (longer.length > 0)
    return `Did you mean "kms:${longer.length === 1 ? (longer[0]?.name ?? '') : `${bare}*`}"?`
  const meant = findNearest(bare, kmsActionByOperation.keys())
  return meant === null
    ? 'See the list of KMS actions in the Service Authorization Reference.'
    : `Did you mean "kms:${kmsActionByOperation.get(meant)?.name ?? meant}"?`
}

const sensitive = [
  {
    action: 'iam:passrole',
    code: 'PASS_ROLE',
    spared: 'iam:passedtoservice',
    verb: 'iam:PassRole lets whoever has it give any role to a service',
  },
  {
    action: 'iam:createservicelinkedrole',
    code: 'CREATE_SLR',
    spared: 'iam:awsservicename',
    verb: 'iam:CreateServiceLinkedRole makes roles for any service',
  },
] as const

/**
 * Access Analyzer's twelve words for iam:PassRole and iam:CreateServiceLinkedRole on everything.
 */
export function lintPassRole(lint: Linting): void {
  for (const statement of lint.document.statements) {
    const { effect, action, resource, conditions } = statement
    if (effect?.value !== 'Allow' || !action || !resource || statement.unreadable !== null) continue
    for (const { action: name, code, spared, verb } of sensitive) {
      const how = howItIsListed(statement, name)
      const everything = resource.negated
        ? ('NOT_RESOURCE' as const)
        : resource.values.some(({ value }) => value === '*')
          ? ('RESOURCE' as const)
          : null
      if (
        how === null ||
        everything === null ||
        (conditions ?? []).some(({ keyName }) => keyName === spared)
      )
        continue
      const variant =
        everything === 'RESOURCE'
          ? (
              {
                named: 'WITH_STAR_IN_RESOURCE',
                star: 'WITH_STAR_IN_ACTION_AND_RESOURCE',
                not: 'WITH_STAR_IN_RESOURCE_AND_NOT_ACTION',
              } as const
            )[how]
          : (
              {
                named: 'WITH_NOT_RESOURCE',
                star: 'WITH_STAR_IN_ACTION_AND_NOT_RESOURCE',
                not: 'WITH_NOT_ACTION_AND_NOT_RESOURCE',
              } as const
            )[how]
      lint.report(
        `${code}_${variant}`,
        action,
        `${verb}: here on every resource.`,
        'List resources, or add a condition on ' +
          `${spared === 'iam:passedtoservice' ? 'iam:PassedToService' : 'iam:AWSServiceName'}.`,
      )
    }
  }
}

function howItIsListed({ action }: PolicyStatement, name: string): 'named' | 'star' | 'not' | null {
  if (!action) return null
  const values = action.values.map(({ value }) => value.toLowerCase())
  if (action.negated)
    return values.some((value) => value === name || value === 'iam:*' || value === '*')
      ? null
      : 'not'
  if (values.includes(name)) return 'named'
  const verb = name.slice(4)
  const wild = values.some(
    (value) =>
      value === '*' ||
      value === 'iam:*' ||
      (value.startsWith('iam:') && value.endsWith('*') && verb.startsWith(value.slice(4, -1))),
  )
  return wild ? 'star' : null
}
