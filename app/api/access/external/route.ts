import { z } from 'zod'
import { readExternalPage } from '@/lib/access/external-read'
import { route } from '@/lib/door/route'

/** The fleet table of external access, as its page shows it. */
export const GET = route('access.read', z.record(z.string(), z.unknown()), (permit, search) =>
  readExternalPage(permit, search),
)
