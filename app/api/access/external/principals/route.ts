import { z } from 'zod'
import { listOutsiders } from '@/lib/access/outsiders'
import { route } from '@/lib/door/route'

export const GET = route('access.read', z.object({}), (permit) => listOutsiders(permit))
