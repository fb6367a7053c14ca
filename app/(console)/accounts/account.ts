import type { AccountInfo } from '@/lib/accounts/read'
import type { Plain } from '@/lib/inventory/plain'

/** An account as a page's data holds it. */
export type Account = Plain<AccountInfo>
