import 'server-only'
import type { Kind } from './define'
import { kindNames, type KindName } from './kind'
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

/** Every kind of change there is. */
export const kinds: Readonly<Record<KindName, Kind>> = {
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
}

/** Null for a name that is no kind's, as in a change stored by another version. */
export function kindOf(name: string): Kind | null {
  const known = kindNames.find((one) => one === name)
  return known ? kinds[known] : null
}
