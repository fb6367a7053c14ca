import 'server-only'
import { burst } from './burst'
import { denials } from './denials'
import { foreignKey } from './foreign-key'
import { grantByPerson } from './grant-by-person'
import { importedMaterial } from './imported-material'
import { kmsExcluded } from './kms-excluded'
import { outsideUse } from './outside-use'
import { pendingDeletion } from './pending-deletion'
import { publicKey } from './public-key'
import type { Signal } from './signal'
import { silentTrail } from './silent-trail'

/** All signals, in the order of the page. */
export const signals: readonly Signal[] = [
  outsideUse,
  burst,
  importedMaterial,
  publicKey,
  grantByPerson,
  pendingDeletion,
  denials,
  foreignKey,
  silentTrail,
  kmsExcluded,
]
