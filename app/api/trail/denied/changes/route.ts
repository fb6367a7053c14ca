import { z } from 'zod'
import { findChangesBefore } from '@/lib/changes/read/before-denials'
import { listOf } from '@/lib/door/json-list'
import { route } from '@/lib/door/route'

const first = z.object({ key: z.string().min(1).max(2048), firstAt: z.iso.datetime() })
const input = z.object({ asks: listOf(first, 25) })

/** Which change of the key was done shortly before each of these refusals began, in their order. */
export const GET = route('requests.read', input, (permit, { asks }) =>
  findChangesBefore(permit, asks),
)
