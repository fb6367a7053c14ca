import type { Operations } from '../call'
import { lookupEvents } from './lookup'
import {
  describeTrails,
  getEventSelectors,
  getInsightSelectors,
  getTrailStatus,
  listTags,
} from './trails'

export const cloudTrailOperations: Operations = {
  LookupEvents: lookupEvents,
  DescribeTrails: describeTrails,
  GetTrailStatus: getTrailStatus,
  GetEventSelectors: getEventSelectors,
  GetInsightSelectors: getInsightSelectors,
  ListTags: listTags,
}
