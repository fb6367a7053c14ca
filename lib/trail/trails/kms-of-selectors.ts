import type {
  AdvancedEventSelector,
  AdvancedFieldSelector,
  EventSelector,
} from '@aws-sdk/client-cloudtrail'

/** Which events of KMS a trail takes, and what it leaves out in words. */
export type KmsOfTrail = { kms: 'all' | 'some' | 'none'; words: string | null }

const kms = 'kms.amazonaws.com'

/** What is taken of reads (uses are among them) and of writes. */
type Part = 'all' | 'some' | 'none'
type Taken = { reads: Part; writes: Part }
const nothing: Taken = { reads: 'none', writes: 'none' }

/**
 * Says which events of KMS a trail's selectors let through: a trail takes what any of them does. All
 * of them are management events. Page:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
 */
export function kmsOfSelectors({
  basic = [],
  advanced = [],
}: {
  basic?: readonly EventSelector[]
  advanced?: readonly AdvancedEventSelector[]
}): KmsOfTrail {
  const selectors = [...basic.map(takenByBasic), ...advanced.map(takenByAdvanced)]
  const taken = selectors.reduce(
    (sum, one) => ({ reads: more(sum.reads, one.reads), writes: more(sum.writes, one.writes) }),
    nothing,
  )
  const { reads, writes } = taken
  if (reads === 'all' && writes === 'all') return { kms: 'all', words: null }
  if (reads === 'none' && writes === 'none')
    return { kms: 'none', words: 'Its event selectors exclude all events of KMS.' }
  return { kms: 'some', words: `Its event selectors leave out ${leftOut(taken)}.` }
}

const order: readonly Part[] = ['none', 'some', 'all']
const more = (one: Part, other: Part): Part =>
  order.indexOf(one) > order.indexOf(other) ? one : other

function leftOut({ reads, writes }: Taken): string {
  const say = (part: Part, what: string) =>
    part === 'all' ? [] : [part === 'none' ? `all ${what}` : `some ${what}`]
  return [
    ...say(reads, 'read events of KMS, uses of keys among them'),
    ...say(writes, 'write events of KMS'),
  ].join(' and ')
}

function takenByBasic({
  ReadWriteType = 'All',
  IncludeManagementEvents = true,
  ExcludeManagementEventSources = [],
}: EventSelector): Taken {
  if (!IncludeManagementEvents || ExcludeManagementEventSources.includes(kms)) return nothing
  return {
    reads: ReadWriteType === 'WriteOnly' ? 'none' : 'all',
    writes: ReadWriteType === 'ReadOnly' ? 'none' : 'all',
  }
}

function takenByAdvanced({ FieldSelectors = [] }: AdvancedEventSelector): Taken {
  let whole: Part = 'all'
  const taken: Taken = { reads: 'all', writes: 'all' }
  for (const selector of FieldSelectors) {
    const { Field } = selector
    if (Field === 'eventCategory' || Field === 'eventSource') {
      if (!passes(selector, Field === 'eventSource' ? kms : 'Management')) return nothing
    } else if (Field === 'readOnly') {
      if (!passes(selector, 'true')) taken.reads = 'none'
      if (!passes(selector, 'false')) taken.writes = 'none'
      // By the name of the operation, who called or how: it is not known whom that meets.
    } else whole = 'some'
  }
  const least = (part: Part): Part => (part === 'all' ? whole : part)
  return { reads: least(taken.reads), writes: least(taken.writes) }
}

/** A condition holds when each test it has does: one of the values, or for `Not…` none of them. */
function passes(selector: AdvancedFieldSelector, value: string): boolean {
  const { Equals, NotEquals, StartsWith, NotStartsWith, EndsWith, NotEndsWith } = selector
  const starts = (with_: string) => value.startsWith(with_)
  const ends = (with_: string) => value.endsWith(with_)
  return (
    (Equals?.includes(value) ?? true) &&
    !NotEquals?.includes(value) &&
    (StartsWith?.some(starts) ?? true) &&
    !NotStartsWith?.some(starts) &&
    (EndsWith?.some(ends) ?? true) &&
    !NotEndsWith?.some(ends)
  )
}
