import { z } from 'zod'
import { route } from '@/lib/door/route'
import { readKeysPage } from '@/lib/inventory/table/keys-page'

/** The table of keys, as its page shows it. */
export const GET = route('keys.read', z.record(z.string(), z.unknown()), (permit, search) =>
  readKeysPage(permit, search),
)
