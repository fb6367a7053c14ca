/** Which change puts back what a mutation changed, where there is one. Pure. */
import { own } from '../../own'
import type { Facts } from '../kinds/kind'
import type { FormKindName } from '../kinds/registry'

export type Revert = {
  kind: FormKindName
  input: Facts
  /** What it cannot know, for who fills in the rest. */
  unknown: string | null
}

type Parameters = Readonly<Record<string, unknown>>
type Made = { request: Parameters; grantId: string | null; policyBefore: string | null }

const textOf = (value: unknown) => (typeof value === 'string' ? value : null)
const textsOf = (value: unknown, member: string): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap((one) => {
    const text: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, member) : one
    return typeof text === 'string' ? [text] : []
  })

const revert = (kind: FormKindName, input: Facts = {}, unknown: string | null = null): Revert => ({
  kind,
  input,
  unknown,
})

/** By operation. What is not here cannot be put back by one change, or its record does not say how. */
const reverts: Readonly<Record<string, (made: Made) => Revert | null>> = {
  DisableKey: () => revert('key-enable'),
  EnableKey: () => revert('key-disable'),
  ScheduleKeyDeletion: () => revert('deletion-cancel'),
  EnableKeyRotation: () => revert('rotation-disable'),
  DisableKeyRotation: () =>
    revert('rotation-enable', { rotationPeriodInDays: 365 }, 'Which period it had.'),
  PutKeyPolicy: ({ policyBefore }) =>
    policyBefore === null ? null : revert('policy-put', { policy: policyBefore, draftId: null }),
  TagResource: ({ request }) => {
    const tagKeys = textsOf(request.tags, 'tagKey')
    return tagKeys.length === 0
      ? null
      : revert('untag', { tagKeys }, 'Whether these tags had another value before.')
  },
  UntagResource: ({ request }) => {
    const tags = textsOf(request.tagKeys, 'tagKey')
    return tags.length === 0
      ? null
      : revert(
          'tag',
          { tags: Object.fromEntries(tags.map((name) => [name, ''])) },
          'Which values the tags had.',
        )
  },
  CreateAlias: ({ request }) => ofAlias('alias-delete', request),
  DeleteAlias: ({ request }) => ofAlias('alias-create', request),
  CreateGrant: ({ grantId }) => (grantId === null ? null : revert('grant-revoke', { grantId })),
}

function ofAlias(kind: 'alias-create' | 'alias-delete', request: Parameters): Revert | null {
  const aliasName = textOf(request.aliasName)
  return aliasName === null ? null : revert(kind, { aliasName })
}

/** Whether a change of some kind could put it back, before its record is looked at. */
export const isRevertible = (operation: string): boolean => Object.hasOwn(reverts, operation)

/** Returns the change that puts it back; null: there is none, or the record does not say how. */
export const revertOf = (operation: string, made: Made): Revert | null =>
  own(reverts, operation)?.(made) ?? null

/** The address of the form with that change filled in. */
export const hrefOfRevert = ({ account, event }: { account: string; event: string }): string =>
  `/requests/new?${new URLSearchParams({ reverts: `${account}/${event}` })}`
