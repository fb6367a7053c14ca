import 'server-only'
import { sweepCore } from './core'
import type { SweepKind } from './kinds'
import { sweepRegions } from './regions'
import type { Runner } from './run'

/** Who does which kind of sweep. */
export const runners: Partial<Record<SweepKind, Runner>> = {
  regions: sweepRegions,
  core: sweepCore,
}
