/**
 * From what was typed to the input of a kind. Nothing is judged here that
 * the kind's own schema judges.
 */
import type { GrantInput } from '@/lib/changes/kinds/shared/grant-input'
import { findTemplate } from '@/lib/changes/request/templates'
import type { FormKindName } from './kinds'
import type { GrantValues, Pair, Values } from './values'
import { isInStore } from '@/lib/kms/key-specs'

const orNull = (text: string): string | null => text.trim() || null

/**
 * A number as it was typed, thousands apart or not; what is none is left as text, for the
 * schema to refuse in its words.
 */
export function toNumber(text: string): number | string {
  const typed = text.trim()
  return /^-?(\d+|\d{1,3}([, _]\d{3})+)(\.\d+)?$/.test(typed)
    ? Number(typed.replaceAll(/[, _]/g, ''))
    : typed
}

/** Rows that are wholly empty are not there; a later row of the same name wins. */
export const toRecord = (pairs: readonly Pair[]): Record<string, string> =>
  Object.fromEntries(pairs.filter(([name, value]) => name !== '' || value !== ''))

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

function toFreeGrant({
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

/** @throws ZodError from the task of a grant, whose paths are names of the task's fields. */
export function toInput(
  kind: FormKindName,
  values: Values,
  { partition }: { partition: string },
): unknown {
  switch (kind) {
    case 'grant-create':
      return values.grant.how === 'task'
        ? (findTemplate(values.grant.task)?.build(toTaskValues(values.grant), { partition }) ?? {})
        : toFreeGrant(values.grant)
    case 'grant-revoke':
    case 'grant-retire':
      return { grantId: values.grantId.trim() }
    case 'grant-adopt':
      return { grantId: values.grantId.trim(), owner: values.owner, reason: values.reason }
    case 'policy-put':
      return { policy: values.policy, draftId: values.draftId }
    case 'deletion-schedule':
      return { pendingWindowInDays: toNumber(values.pendingWindowInDays) }
    case 'rotation-enable':
      return { rotationPeriodInDays: toNumber(values.rotationPeriodInDays) }
    case 'alias-create':
    case 'alias-delete':
      return { aliasName: toAliasName(values.alias) }
    case 'alias-update':
      return { aliasName: toAliasName(values.alias), fromKeyArn: values.fromKeyArn }
    case 'tag':
      return { tags: toRecord(values.tags) }
    case 'untag':
      return { tagKeys: [...values.tagKeys] }
    case 'description':
      return { description: values.description }
    case 'key-create':
      return toNewKey(values)
    case 'replicate':
      return {
        replicaRegion: values.toRegion,
        description: values.description,
        policy: toPolicy(values),
        tags: toRecord(values.tags),
      }
    case 'primary-update':
      return { primaryRegion: values.toRegion }
    case 'quota-increase':
      return { quotaCode: values.quotaCode, desiredValue: toNumber(values.desiredValue) }
    case 'key-enable':
    case 'key-disable':
    case 'deletion-cancel':
    case 'rotation-disable':
    case 'rotate-now':
      return {}
  }
}

const toAliasName = (typed: string) => `alias/${typed.trim().replace(/^alias\//, '')}`
const toPolicy = ({ hasPolicy, policy }: Values) => (hasPolicy ? policy : null)

function toNewKey(values: Values) {
  const { keySpec, keyUsage, origin, multiRegion, description, customKeyStoreId, xksKeyId, tags } =
    values
  const inStore = isInStore(origin)
  return {
    keySpec,
    keyUsage,
    origin,
    multiRegion: multiRegion && !inStore,
    description,
    policy: toPolicy(values),
    tags: toRecord(tags),
    customKeyStoreId: inStore ? orNull(customKeyStoreId) : null,
    xksKeyId: origin === 'EXTERNAL_KEY_STORE' ? orNull(xksKeyId) : null,
  }
}
