import 'server-only'
import type { Tx } from '../db/client'
import { notify } from '../notify/notify'
import { administratorIds } from './actor'

/**
 * Tells every administrator of somebody who got a role that decides or administers without
 * a request: by the operator of this installation, or while nobody else could approve it.
 * Call it after the role was given.
 */
export async function tellOfRole(
  tx: Tx,
  { personId, title, by }: { personId: string | null; title: string; by: string },
): Promise<void> {
  const to = (await administratorIds(tx)).filter((id) => id !== personId)
  await notify(tx, {
    event: 'role.given',
    requestId: null,
    title,
    body: `By ${by}, without a request. If nobody expected this, take it away under Settings.`,
    href: '/settings',
    to,
    needsAction: false,
  })
}

/** The operator's ways to make an administrator: CLAVIGER_ADMIN_GROUP and `npm run admin`. */
export async function tellOfAdministrator(
  tx: Tx,
  { personId, email, by }: { personId: string; email: string; by: string },
): Promise<void> {
  await tellOfRole(tx, { personId, title: `${email} administers this installation now`, by })
}
