import 'server-only'
import type { Permit } from '../auth/permit'
import { changeAccount } from './change'

/**
 * Disconnects an account: no more sweeps, and its keys leave the tables. Its
 * audit entries and history stay.
 */
export async function removeAccount(permit: Permit<'accounts.manage'>, id: string): Promise<void> {
  await changeAccount(
    permit,
    id,
    'account.removed',
    `"removedAt" = now()`,
    `"removedAt" IS NULL`,
    'It is removed already.',
  )
}
