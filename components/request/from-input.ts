/**
 * From the input of an earlier change back to a form, for asking again or for longer. What is
 * not understood stays blank.
 */
import type { Facts } from '@/lib/changes/kinds/kind'
import type { GrantInput } from '@/lib/changes/kinds/shared/grant-input'
import { grantOperations } from '@/lib/kms/grant-operations'
import type { FieldType } from '@/lib/changes/request/template-fields'
import { findTemplate } from '@/lib/changes/request/templates'
import { parseArn } from '@/lib/kms/arn'
import type { FormKindName } from './kinds'
import { tryTask } from './to-input'
import { blankGrant, blankValues, type GrantValues, type Pair, type Values } from './values'

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''
const factsOf = (value: unknown): Facts =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []

function toPairs(value: unknown): readonly Pair[] {
  const pairs = Object.entries(factsOf(value)).map(([name, one]): Pair => [name, textOf(one)])
  return pairs.length > 0 ? pairs : [['', '']]
}

/** What was built is JSON; its type says more than Facts does. */
const toFacts = ({ operations, constraints, ...parties }: GrantInput): Facts => ({
  ...parties,
  operations,
  constraints: constraints && { ...constraints },
})

/** By its parts, whatever it was made from. */
export const toParts = (grant: GrantInput): GrantValues => toGrant(toFacts(grant))

const fingerprint = ({ pairs, ...grant }: GrantValues): string =>
  JSON.stringify([grant, Object.entries(Object.fromEntries(pairs)).sort()])

/**
 * The task that a grant was made from, filled in as it was; null where this does not make
 * the very same grant again.
 */
function toTask(id: string, grant: GrantValues): GrantValues | null {
  const arn = parseArn(grant.grantee)
  const told: Readonly<Record<Exclude<FieldType, 'context'>, string>> = {
    accountId: arn?.account ?? '',
    roleName: arn?.resource.replace(/^role\//, '') ?? '',
    principalArn: grant.grantee,
    serviceName: grant.grantee,
    arn: grant.sourceArn,
    bucketArn: Object.fromEntries(grant.pairs)['aws:s3:arn'] ?? '',
  }
  let tried: Readonly<Record<string, string>>[] = [{}]
  for (const [name, field] of Object.entries(findTemplate(id)?.fields ?? {})) {
    const could =
      field.type === 'choice'
        ? Object.keys(field.options)
        : field.type === 'context'
          ? ['']
          : [told[field.type]]
    tried = tried.flatMap((values) => could.map((value) => ({ ...values, [name]: value })))
  }
  return (
    tried
      .map(
        (taskValues): GrantValues => ({
          ...blankGrant,
          how: 'task',
          task: id,
          taskValues,
          taskPairs: grant.pairs,
        }),
      )
      .find((one) => {
        const made = tryTask(one, { partition: arn?.partition ?? 'aws' })
        return made !== null && fingerprint(toParts(made)) === fingerprint(grant)
      }) ?? null
  )
}

function toGrant(input: Facts): GrantValues {
  const {
    EncryptionContextEquals: equals,
    EncryptionContextSubset: subset,
    SourceArn,
  } = factsOf(input.constraints)
  const service = textOf(input.granteeServicePrincipal)
  const retiringService = textOf(input.retiringServicePrincipal)
  const retiring = textOf(input.retiringPrincipal)
  const operations = textsOf(input.operations)
  return {
    ...blankGrant,
    how: 'free',
    granteeIs: service ? 'service' : 'principal',
    grantee: service || textOf(input.granteePrincipal),
    operations: grantOperations.filter((name) => operations.includes(name)),
    context: equals ? 'equals' : subset ? 'subset' : 'any',
    pairs: toPairs(equals ?? subset),
    sourceArn: textOf(SourceArn),
    retiringIs: retiringService ? 'service' : retiring ? 'principal' : 'nobody',
    retiring: retiringService || retiring,
  }
}

/** `task`: the template that a grant was made from. */
export function fromInput(kind: FormKindName, input: Facts, task: string | null = null): Values {
  const grant = kind === 'grant-create' ? toGrant(input) : blankGrant
  const or = (name: string, fallback: string) => textOf(input[name]) || fallback
  return {
    ...blankValues,
    grant: (task && toTask(task, grant)) || grant,
    grantId: or('grantId', ''),
    owner: or('owner', ''),
    reason: or('reason', ''),
    policy: or('policy', ''),
    draftId: textOf(input.draftId) || null,
    hasPolicy: kind !== 'policy-put' && typeof input.policy === 'string',
    pendingWindowInDays: or('pendingWindowInDays', blankValues.pendingWindowInDays),
    rotationPeriodInDays: or('rotationPeriodInDays', blankValues.rotationPeriodInDays),
    alias: or('aliasName', '').replace(/^alias\//, ''),
    fromKeyArn: or('fromKeyArn', ''),
    tags: toPairs(input.tags),
    tagKeys: textsOf(input.tagKeys),
    description: or('description', ''),
    keySpec: or('keySpec', blankValues.keySpec),
    keyUsage: or('keyUsage', blankValues.keyUsage),
    origin: or('origin', blankValues.origin),
    multiRegion: input.multiRegion === true,
    customKeyStoreId: or('customKeyStoreId', ''),
    xksKeyId: or('xksKeyId', ''),
    toRegion: textOf(input.replicaRegion) || textOf(input.primaryRegion),
    quotaCode: or('quotaCode', ''),
    desiredValue: or('desiredValue', ''),
  }
}
