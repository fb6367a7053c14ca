import { outOfBandSource } from '@/lib/changes/match/out-of-band-source'
import { tableRoute } from '@/lib/door/table'

/** Changes that nobody requested here, as their page shows them or as a download. */
export const GET = tableRoute('trail.read', outOfBandSource)
