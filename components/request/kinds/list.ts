/** The forms of all kinds of change that a form asks for. */
import type { FormKindName } from '@/lib/changes/kinds/registry'
import { aliasCreateForm } from './alias-create'
import { aliasDeleteForm } from './alias-delete'
import { aliasUpdateForm } from './alias-update'
import { deletionCancelForm } from './deletion-cancel'
import { deletionScheduleForm } from './deletion-schedule'
import { descriptionForm } from './description'
import { grantAdoptForm } from './grant-adopt'
import { grantCreateForm } from './grant-create'
import { grantRetireForm } from './grant-retire'
import { grantRevokeForm } from './grant-revoke'
import { keyCreateForm } from './key-create'
import { keyDisableForm } from './key-disable'
import { keyEnableForm } from './key-enable'
import { policyPutForm } from './policy-put'
import { primaryUpdateForm } from './primary-update'
import { quotaIncreaseForm } from './quota-increase'
import { replicateForm } from './replicate'
import { rotateNowForm } from './rotate-now'
import { rotationDisableForm } from './rotation-disable'
import { rotationEnableForm } from './rotation-enable'
import { tagForm } from './tag'
import { untagForm } from './untag'
import type { KindForm } from './form'

/** In the order in which they are offered. */
const forms: Readonly<Record<FormKindName, KindForm>> = {
  'grant-create': grantCreateForm,
  'grant-revoke': grantRevokeForm,
  'grant-retire': grantRetireForm,
  'grant-adopt': grantAdoptForm,
  'policy-put': policyPutForm,
  'key-enable': keyEnableForm,
  'key-disable': keyDisableForm,
  'deletion-schedule': deletionScheduleForm,
  'deletion-cancel': deletionCancelForm,
  'rotation-enable': rotationEnableForm,
  'rotation-disable': rotationDisableForm,
  'rotate-now': rotateNowForm,
  'alias-create': aliasCreateForm,
  'alias-update': aliasUpdateForm,
  'alias-delete': aliasDeleteForm,
  tag: tagForm,
  untag: untagForm,
  description: descriptionForm,
  'key-create': keyCreateForm,
  replicate: replicateForm,
  'primary-update': primaryUpdateForm,
  'quota-increase': quotaIncreaseForm,
}

export type FormKind = KindForm & { name: FormKindName }

const isFormKind = (name: string): name is FormKindName => Object.hasOwn(forms, name)
export const formOf = (name: FormKindName): KindForm => forms[name]

export const formKinds: readonly FormKind[] = Object.keys(forms)
  .filter(isFormKind)
  .map((name) => ({ ...forms[name], name }))

export const formGroups = [...new Set(formKinds.map(({ group }) => group))]

export const findFormKind = (name: string): FormKind | null =>
  formKinds.find((kind) => kind.name === name) ?? null
