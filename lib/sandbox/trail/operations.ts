import type { Operations } from '../call'
import { lookupEvents } from './lookup'
import { describeTrails, getEventSelectors, getTrailStatus } from './trails'

export const cloudTrailOperations: Operations = {
  LookupEvents: lookupEvents,
  DescribeTrails: describeTrails,
  GetTrailStatus: getTrailStatus,
  GetEventSelectors: getEventSelectors,
}
