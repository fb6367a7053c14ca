import 'server-only'
import type { Permit } from '../auth/permit'
import { changeAccount } from './change'

/** Stops the sweeps of an account; what is known of it stays, and grows old. */
export async function pauseAccount(permit: Permit<'accounts.manage'>, id: string): Promise<void> {
  await changeAccount(
    permit,
    id,
    'account.paused',
    `"pausedAt" = now()`,
    `"pausedAt" IS NULL AND "removedAt" IS NULL`,
    'It is paused already.',
  )
}
