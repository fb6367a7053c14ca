import { findFormKind, type FormKind } from '@/components/request/kinds/list'
import { blankForm, blankValues, type Form } from '@/components/request/values'
import { scopeOf } from '@/lib/auth/permissions'
import type { Permit } from '@/lib/auth/permit'
import {
  findPolicyText,
  getDraftText,
  getEarlierChange,
  listAskedAccounts,
  listAskedKeys,
  readNow,
  type EarlierChange,
} from '@/lib/changes/request/askable'
import { readRevert, type AskedRevert } from '@/lib/changes/match/read-revert'
import { readRules } from '@/lib/changes/rules/deciders'
import { page } from '@/lib/door/page'
import { failed } from '../../failed'
import { ChooseKind } from './choose-kind'
import { RequestView } from './request-view'

export const metadata = { title: 'Request a change' }

type Search = Record<string, string | string[] | undefined>

/**
 * ?kind=…&key=<arn>&key=<arn>…; &draft=<id> of a policy, &grant=<id>, &alias=…,
 * &account=…&region=…; or &from=<id of a change>; or &reverts=<account>/<event of the trail>.
 */
export default page(
  'requests.create',
  async (permit, { search }) => {
    const earlier = await readEarlier(permit, oneOf(search.from))
    const reverts = await readReverts(permit, oneOf(search.reverts))
    const arns = (earlier ?? reverts)?.keyArns ?? allOf(search.key).slice(0, 100)
    const asked = (earlier ?? reverts)?.kind ?? oneOf(search.kind)
    const kind = findFormKind(asked)
    const keys = await listAskedKeys(permit, arns)
    if (!kind) return <ChooseKind keys={keys} unknown={asked} arns={arns} />
    const firstKey = arns[0] ?? null
    const [accounts, { rules }, now, policyText, draftText] = await Promise.all([
      listAskedAccounts(permit),
      readRules(),
      readNow(),
      kind.newPolicy && firstKey ? findPolicyText(permit, firstKey) : null,
      readDraft(permit, firstKey, oneOf(search.draft)),
    ])
    const form = begin(kind, {
      search,
      arns,
      earlier,
      reverts,
      policy: draftText ?? policyText ?? '',
      description: keys.length === 1 ? (keys[0]?.description ?? '') : '',
    })
    return (
      <RequestView
        kind={kind.name}
        begun={form}
        keys={keys}
        accounts={accounts}
        usualHours={rules.defaultDurationHours}
        now={now}
        policyText={policyText}
        withoutEnd={scopeOf(permit.actor.assigned, 'requests.withoutEnd')}
        earlier={earlier && earlierRequestOf(earlier)}
        reverts={reverts && noteOf(reverts)}
      />
    )
  },
  failed,
)

const oneOf = (value: string | string[] | undefined): string =>
  (Array.isArray(value) ? value[0] : value)?.trim() ?? ''
const allOf = (value: string | string[] | undefined): string[] => [
  ...new Set(Array.isArray(value) ? value : value ? [value] : []),
]

const readEarlier = (permit: Permit<'requests.create'>, id: string) =>
  id === '' ? null : getEarlierChange(permit, id)

const readReverts = (permit: Permit<'requests.create'>, address: string) =>
  address === '' ? null : readRevert(permit, address)

/** What the form says of the change out of band that it puts back. */
const noteOf = ({ accountId, eventId, operation, unknown }: AskedRevert) => ({
  account: accountId,
  event: eventId,
  operation,
  unknown,
})

/** What the form says of the request that an earlier change belongs to. */
const earlierRequestOf = (earlier: EarlierChange) => ({
  id: earlier.requestId,
  number: earlier.number,
  title: earlier.title,
  sent: earlier.sent,
  replaceable: earlier.replaceable,
  inForceUntil: earlier.inForceUntil,
  startsAt: earlier.startsAt,
  endsAt: earlier.endsAt,
})

const readDraft = (permit: Permit<'requests.create'>, keyArn: string | null, id: string) =>
  id === '' || keyArn === null ? null : getDraftText(permit, keyArn, id)

type Begun = {
  search: Search
  arns: readonly string[]
  earlier: EarlierChange | null
  reverts: AskedRevert | null
  policy: string
  description: string
}

/** What the address, or an earlier change, says of a form. */
function begin(
  { name, end, begin: beginWith, fromInput }: FormKind,
  { search, arns, earlier, reverts, policy, description }: Begun,
): Form {
  const blank = { ...blankForm(name, end), keys: arns }
  if (earlier) {
    return {
      ...blank,
      accountId: earlier.accountId ?? '',
      region: earlier.region ?? '',
      values: { ...blankValues, ...fromInput?.(earlier.input, earlier.template) },
      justification: earlier.justification,
      ticket: earlier.ticket ?? '',
      title: earlier.ownTitle,
      continuesId: earlier.sent ? earlier.requestId : null,
      replacesId: earlier.replaceable ? earlier.requestId : null,
    }
  }
  if (reverts)
    return {
      ...blank,
      values: { ...blankValues, ...fromInput?.(reverts.input, null) },
      justification: reverts.justification,
    }
  const values = {
    ...blankValues,
    grantId: oneOf(search.grant),
    alias: oneOf(search.alias).replace(/^alias\//, ''),
    quotaCode: oneOf(search.quota),
    toRegion: oneOf(search.to),
    ...beginWith?.({ policy, draftId: oneOf(search.draft) || null, description }),
  }
  return { ...blank, accountId: oneOf(search.account), region: oneOf(search.region), values }
}
