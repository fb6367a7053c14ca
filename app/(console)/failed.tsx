import { FailedView, type WhoMay } from '@/components/failure/failed-view'
import { listAdministrators } from '@/lib/auth/actor'
import { roleMeanings, roleNames } from '@/lib/auth/role-names'
import { permissions, type Permission } from '@/lib/auth/permissions'
import type { Failure } from '@/lib/result'

/** What page() draws instead of a page that could not be shown. */
export const failed = (failure: Failure) => <Failed failure={failure} />

const isPermission = (name: string | undefined): name is Permission =>
  name !== undefined && name in permissions

async function Failed({ failure }: { failure: Failure }) {
  return (
    <FailedView
      failure={failure}
      whoMay={failure.code === 'forbidden' ? await readWhoMay(failure) : undefined}
    />
  )
}

async function readWhoMay({ permission }: Failure): Promise<WhoMay | undefined> {
  if (!isPermission(permission)) return undefined
  return {
    roles: permissions[permission].roles.map((role) => ({
      name: roleNames[role],
      means: roleMeanings[role],
    })),
    administrators: await listAdministrators(),
  }
}
