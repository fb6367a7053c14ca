import 'server-only'
import { sweepCore } from './core'
import { sweepGrants } from './grants'
import { sweepIam } from './iam'
import type { SweepKind } from './kinds'
import { sweepLastUsage } from './last-usage'
import { sweepOneKey } from './one-key'
import { sweepOrganization } from './organization'
import { sweepQuotas } from './quotas'
import { sweepRegions } from './regions'
import { sweepRotations } from './rotations'
import type { Runner } from './run'

/** Who does which kind of sweep. */
export const runners: Record<SweepKind, Runner> = {
  organization: sweepOrganization,
  regions: sweepRegions,
  iam: sweepIam,
  quotas: sweepQuotas,
  core: sweepCore,
  grants: sweepGrants,
  rotations: sweepRotations,
  lastUsage: sweepLastUsage,
  key: sweepOneKey,
}
