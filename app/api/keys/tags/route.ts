import { z } from 'zod'
import { route } from '@/lib/door/route'
import { listTagNames } from '@/lib/inventory/table/tag-names'

export const GET = route('keys.read', z.object({}), (permit) => listTagNames(permit))
