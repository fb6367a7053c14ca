import 'server-only'
import { coreSweep } from '../inventory/sync/core'
import { grantsSweep } from '../inventory/sync/grants'
import { iamSweep } from '../inventory/sync/iam'
import { lastUsageSweep } from '../inventory/sync/last-usage'
import { keySweep } from '../inventory/sync/one-key'
import { organizationSweep } from '../inventory/sync/organization'
import { quotasSweep } from '../inventory/sync/quotas'
import { regionsSweep } from '../inventory/sync/regions'
import { rotationsSweep } from '../inventory/sync/rotations'
import { lookupSweep } from '../trail/lookup/sweep'
import { trailsSweep } from '../trail/trails/sweep'

/**
 * All sweeps: what the worker reads of an account. The role to deploy and the words about what
 * could not be read are made from them.
 */
export const sweeps = [
  organizationSweep,
  regionsSweep,
  iamSweep,
  quotasSweep,
  coreSweep,
  grantsSweep,
  rotationsSweep,
  lastUsageSweep,
  keySweep,
  lookupSweep,
  trailsSweep,
] as const
export type SweepKind = (typeof sweeps)[number]['kind']
