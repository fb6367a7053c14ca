/** A grant as it is typed, by a task or by its parts, and as it is stored. Pure. */
import type { Facts } from '@/lib/changes/kinds/kind'
import type { GrantInput } from '@/lib/changes/kinds/shared/grant-input'
import type { FieldType } from '@/lib/changes/request/template-fields'
import { findTemplate } from '@/lib/changes/request/templates'
import { parseArn } from '@/lib/kms/arn'
import { grantOperations } from '@/lib/kms/grant-operations'
import { factsOf, orNull, textOf, textsOf, toPairs, toRecord } from './typed'
import { blankGrant, type GrantValues } from './values'

/** What a task is made from, as its `build` takes it. */
export function toTaskValues({
  task,
  taskValues,
  taskPairs,
}: GrantValues): Record<string, unknown> {
  const fields = Object.entries(findTemplate(task)?.fields ?? {})
  return Object.fromEntries(
    fields.map(([name, { type }]) => [
      name,
      type === 'context' ? toRecord(taskPairs) : (taskValues[name] ?? ''),
    ]),
  )
}

/** The grant a task makes; null while its fields do not do. */
export function tryTask(grant: GrantValues, place: { partition: string }): GrantInput | null {
  try {
    return findTemplate(grant.task)?.build(toTaskValues(grant), place) ?? null
  } catch {
    return null
  }
}

export function toFreeGrant({
  granteeIs,
  grantee,
  operations,
  context,
  pairs,
  sourceArn,
  retiringIs,
  retiring,
}: GrantValues) {
  const constraints = {
    ...(context === 'equals' ? { EncryptionContextEquals: toRecord(pairs) } : {}),
    ...(context === 'subset' ? { EncryptionContextSubset: toRecord(pairs) } : {}),
    ...(sourceArn.trim() === '' ? {} : { SourceArn: sourceArn.trim() }),
  }
  return {
    granteePrincipal: granteeIs === 'principal' ? orNull(grantee) : null,
    granteeServicePrincipal: granteeIs === 'service' ? orNull(grantee) : null,
    operations: [...operations],
    constraints: Object.keys(constraints).length > 0 ? constraints : null,
    retiringPrincipal: retiringIs === 'principal' ? retiring.trim() : null,
    retiringServicePrincipal: retiringIs === 'service' ? retiring.trim() : null,
  }
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
export function toTask(id: string, grant: GrantValues): GrantValues | null {
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

export function toGrant(input: Facts): GrantValues {
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
