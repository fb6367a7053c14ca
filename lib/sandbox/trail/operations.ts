import type { Operations } from '../call'
import {
  createTrail,
  deleteTrail,
  putEventSelectors,
  startLogging,
  stopLogging,
} from './change-trail'
import { lookupEvents } from './lookup'
import { listPublicKeys } from './signer'
import {
  describeTrails,
  getEventSelectors,
  getInsightSelectors,
  getTrail,
  getTrailStatus,
  listTags,
  listTrails,
} from './trails'

export const cloudTrailOperations: Operations = {
  CreateTrail: createTrail,
  DeleteTrail: deleteTrail,
  DescribeTrails: describeTrails,
  GetEventSelectors: getEventSelectors,
  GetInsightSelectors: getInsightSelectors,
  GetTrail: getTrail,
  GetTrailStatus: getTrailStatus,
  ListPublicKeys: listPublicKeys,
  ListTags: listTags,
  ListTrails: listTrails,
  LookupEvents: lookupEvents,
  PutEventSelectors: putEventSelectors,
  StartLogging: startLogging,
  StopLogging: stopLogging,
}
