import 'server-only'
import type { Kind } from './define'
import type { HouseKindName } from './house'
import { aliasCreate } from './alias-create/kind'
import { aliasDelete } from './alias-delete/kind'
import { aliasUpdate } from './alias-update/kind'
import { deletionCancel } from './deletion-cancel/kind'
import { deletionSchedule } from './deletion-schedule/kind'
import { description } from './description/kind'
import { grantAdopt } from './grant-adopt/kind'
import { grantCreate } from './grant-create/kind'
import { grantRetire } from './grant-retire/kind'
import { grantRevoke } from './grant-revoke/kind'
import { keyCreate } from './key-create/kind'
import { keyDisable } from './key-disable/kind'
import { keyEnable } from './key-enable/kind'
import { policyPut } from './policy-put/kind'
import { primaryUpdate } from './primary-update/kind'
import { quotaIncrease } from './quota-increase/kind'
import { replicate } from './replicate/kind'
import { roleGive } from './role-give/kind'
import { rotateNow } from './rotate-now/kind'
import { rotationDisable } from './rotation-disable/kind'
import { rotationEnable } from './rotation-enable/kind'
import { rulesUpdate } from './rules-update/kind'
import { tag } from './tag/kind'
import { untag } from './untag/kind'

/** Every kind of change there is, by the name that is stored, in the order of lists and menus. */
const listed = {
  'grant-create': grantCreate,
  'grant-revoke': grantRevoke,
  'grant-retire': grantRetire,
  'grant-adopt': grantAdopt,
  'policy-put': policyPut,
  'key-enable': keyEnable,
  'key-disable': keyDisable,
  'deletion-schedule': deletionSchedule,
  'deletion-cancel': deletionCancel,
  'rotation-enable': rotationEnable,
  'rotation-disable': rotationDisable,
  'rotate-now': rotateNow,
  'alias-create': aliasCreate,
  'alias-update': aliasUpdate,
  'alias-delete': aliasDelete,
  tag,
  untag,
  description,
  'key-create': keyCreate,
  replicate,
  'primary-update': primaryUpdate,
  'quota-increase': quotaIncrease,
  'rules-update': rulesUpdate,
  'role-give': roleGive,
} satisfies Readonly<Record<string, Kind> & Record<HouseKindName, Kind>>

export type KindName = keyof typeof listed
/** Changes of this installation have forms of their own, in the settings. */
export type FormKindName = Exclude<KindName, HouseKindName>

export const kinds: Readonly<Record<KindName, Kind>> = listed

const isKindName = (name: string): name is KindName => Object.hasOwn(listed, name)
export const kindNames: readonly KindName[] = Object.keys(listed).filter(isKindName)

/** Null for a name that is no kind's, as in a change stored by another version. */
export function kindOf(name: string): Kind | null {
  return isKindName(name) ? kinds[name] : null
}

/** Returns the names of the kinds that do one of these to a grant. */
export const namesOf = (...what: NonNullable<Kind['grant']>[]): readonly KindName[] =>
  kindNames.filter((name) => what.some((one) => kinds[name].grant === one))
