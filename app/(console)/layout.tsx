import type { ReactNode } from 'react'
import { FailedView } from '@/components/failure/failed-view'
import { QuickSearch } from '@/components/search/quick-search'
import { Shell } from '@/components/shell/shell'
import { roleNames } from '@/lib/auth/role-names'
import { readShell } from '@/lib/door/shell'
import { markNoticesRead } from './notifications/actions'

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const shell = await readShell()
  if ('failure' in shell) return <FailedView failure={shell.failure} />
  const { actor, held, notice, worker } = shell
  const roles = [
    ...new Set(
      actor.assigned.map(
        ({ role, accountId }) => roleNames[role] + (accountId ? ` in ${accountId}` : ''),
      ),
    ),
  ]
  return (
    <Shell
      person={{ name: actor.name, email: actor.email, roles: roles.join(', ') || 'no role' }}
      held={held}
      notice={notice}
      worker={worker}
      search={held.includes('keys.read') ? <QuickSearch /> : undefined}
      markRead={held.includes('requests.read') ? markNoticesRead : null}
    >
      {children}
    </Shell>
  )
}
