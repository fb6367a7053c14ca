import 'server-only'
import type { Kind } from './define'
import { kindNames, type KindName } from './kind'
import { aliasCreate } from './kinds/alias-create'
import { aliasDelete } from './kinds/alias-delete'
import { aliasUpdate } from './kinds/alias-update'
import { deletionCancel } from './kinds/deletion-cancel'
import { deletionSchedule } from './kinds/deletion-schedule'
import { description } from './kinds/description'
import { grantAdopt } from './kinds/grant-adopt'
import { grantCreate } from './kinds/grant-create'
import { grantRetire } from './kinds/grant-retire'
import { grantRevoke } from './kinds/grant-revoke'
import { keyCreate } from './kinds/key-create'
import { keyDisable } from './kinds/key-disable'
import { keyEnable } from './kinds/key-enable'
import { policyPut } from './kinds/policy-put'
import { primaryUpdate } from './kinds/primary-update'
import { quotaIncrease } from './kinds/quota-increase'
import { replicate } from './kinds/replicate'
import { roleGive } from './kinds/role-give'
import { rotateNow } from './kinds/rotate-now'
import { rotationDisable } from './kinds/rotation-disable'
import { rotationEnable } from './kinds/rotation-enable'
import { rulesUpdate } from './kinds/rules-update'
import { tag } from './kinds/tag'
import { untag } from './kinds/untag'

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
