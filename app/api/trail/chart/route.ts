import { z } from 'zod'
import { route } from '@/lib/door/route'
import { parseTableState } from '@/lib/table/state'
import { eventsTable } from '@/lib/trail/events-table'
import { chartDivisions } from '@/lib/trail/usage/chart'
import { readTrailChart } from '@/lib/trail/usage/read-chart'

const input = z.looseObject({ by: z.enum(chartDivisions).catch('outcome') })

/** What the trail's table finds, counted over time. */
export const GET = route('trail.read', input, (permit, { by, ...search }) =>
  readTrailChart(permit, parseTableState(eventsTable, search).state, by),
)
