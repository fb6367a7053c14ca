import { z } from 'zod'
import { listExternalAccess } from '@/lib/access/external-read'
import { route } from '@/lib/door/route'

export const GET = route('access.read', z.object({}), (permit) => listExternalAccess(permit))
