import 'server-only'
import type { Permit } from '../auth/permit'
import { changeAccount } from './change'

/** Takes up the sweeps of a paused or removed account again. */
export async function resumeAccount(permit: Permit<'accounts.manage'>, id: string): Promise<void> {
  await changeAccount(
    permit,
    id,
    'account.resumed',
    `"pausedAt" = NULL, "removedAt" = NULL`,
    `("pausedAt" IS NOT NULL OR "removedAt" IS NOT NULL)`,
    'It is not paused.',
  )
}
