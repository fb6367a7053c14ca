/** What a person has typed so far, as they typed it. Pure; all of it fits into JSON. */
import type { GrantOperationName } from '@/lib/kms/grant-operations'
import type { FormKindName } from '@/lib/changes/kinds/registry'

export type Pair = readonly [string, string]

export type GrantValues = {
  how: 'task' | 'free'
  task: string
  /** By the names of the task's fields; an encryption context stands in `taskPairs`. */
  taskValues: Readonly<Record<string, string>>
  taskPairs: readonly Pair[]
  granteeIs: 'principal' | 'service'
  grantee: string
  operations: readonly GrantOperationName[]
  context: 'any' | 'equals' | 'subset'
  pairs: readonly Pair[]
  sourceArn: string
  retiringIs: 'nobody' | 'principal' | 'service'
  retiring: string
}

export type Values = {
  grant: GrantValues
  grantId: string
  owner: string
  reason: string
  policy: string
  draftId: string | null
  pendingWindowInDays: string
  rotationPeriodInDays: string
  /** Without the `alias/` it begins with. */
  alias: string
  fromKeyArn: string
  tags: readonly Pair[]
  tagKeys: readonly string[]
  description: string
  keySpec: string
  keyUsage: string
  origin: string
  multiRegion: boolean
  customKeyStoreId: string
  xksKeyId: string
  /** A policy of one's own for a new key or replica, instead of AWS's default. */
  hasPolicy: boolean
  toRegion: string
  quotaCode: string
  desiredValue: string
}

/** A day and a time of it, in the zone of the browser; both empty: not said. */
export type DayTime = { day: string; time: string }
type End = { is: 'usual' | 'hours' | 'at' | 'none'; hours: number; at: DayTime }
export type Form = {
  kind: FormKindName
  keys: readonly string[]
  accountId: string
  region: string
  values: Values
  startsAt: DayTime
  end: End
  justification: string
  ticket: string
  title: string
  continuesId: string | null
  /** The draft that is being edited. */
  replacesId: string | null
}

/** As many changes as one request may hold (lib/changes/request/ask.ts). */
export const mostKeys = 100

const noTime: DayTime = { day: '', time: '' }

export const blankGrant: GrantValues = {
  how: 'task',
  task: '',
  taskValues: {},
  taskPairs: [['', '']],
  granteeIs: 'principal',
  grantee: '',
  operations: [],
  context: 'any',
  pairs: [['', '']],
  sourceArn: '',
  retiringIs: 'nobody',
  retiring: '',
}

export const blankValues: Values = {
  grant: blankGrant,
  grantId: '',
  owner: '',
  reason: '',
  policy: '',
  draftId: null,
  pendingWindowInDays: '30',
  rotationPeriodInDays: '365',
  alias: '',
  fromKeyArn: '',
  tags: [['', '']],
  tagKeys: [],
  description: '',
  keySpec: 'SYMMETRIC_DEFAULT',
  keyUsage: 'ENCRYPT_DECRYPT',
  origin: 'AWS_KMS',
  multiRegion: false,
  customKeyStoreId: '',
  xksKeyId: '',
  hasPolicy: false,
  toRegion: '',
  quotaCode: '',
  desiredValue: '',
}

export const blankForm = (kind: FormKindName, end: 'default' | 'optional' | 'never'): Form => ({
  kind,
  keys: [],
  accountId: '',
  region: '',
  values: blankValues,
  startsAt: noTime,
  end: { is: end === 'default' ? 'usual' : 'none', hours: 24, at: noTime },
  justification: '',
  ticket: '',
  title: '',
  continuesId: null,
  replacesId: null,
})
