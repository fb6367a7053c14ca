import 'server-only'
import { sweeps } from '@/lib/accounts/sweeps'
import { makeSweepLanes } from '@/lib/sweep/lanes'
import type { Lanes } from '@/lib/work/lanes'

/** Makes the loop that sweeps. */
export const makeSweepLoop = (owner: string): Lanes => makeSweepLanes(owner, sweeps)
