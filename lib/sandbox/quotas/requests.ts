import { randomBytes } from 'node:crypto'
import { AwsError, type Call, type Input } from '../call'
import { readNumber, readText } from '../kms/read-input'
import type { QuotaRequest, RegionState } from '../world'
import { appliedValue, getQuota } from './read'

const OPEN = new Set(['PENDING', 'CASE_OPENED'])
/** Small raises are approved by themselves after a while, larger ones wait in a case. */
const APPROVED_AFTER_MS = 30 * 60_000

export function requestIncrease(call: Call, state: RegionState, input: Input): Input {
  settleRequests(call, state)
  const quota = getQuota(readText(input, 'QuotaCode'))
  const desired = readNumber(input, 'DesiredValue')
  const current = appliedValue(state, quota)
  if (desired === undefined || desired < 0)
    throw new AwsError(
      'IllegalArgumentException',
      'DesiredValue is required and must not be negative.',
    )
  if (!quota.adjustable)
    throw new AwsError('IllegalArgumentException', `The quota ${quota.code} is not adjustable.`)
  if (desired <= current)
    throw new AwsError(
      'IllegalArgumentException',
      'You must provide a quota value greater than the current quota value.',
    )
  if (
    state.quotaRequests.some((known) => known.quotaCode === quota.code && OPEN.has(known.status))
  ) {
    throw new AwsError(
      'ResourceAlreadyExistsException',
      'Only one open service quota increase request is allowed per quota.',
    )
  }
  const request: QuotaRequest = {
    id: randomBytes(20).toString('hex'),
    quotaCode: quota.code,
    desiredValue: desired,
    createdAt: call.now,
    requesterArn: call.caller.arn,
    status: desired <= quota.defaultValue(call.region) * 2 ? 'PENDING' : 'CASE_OPENED',
  }
  state.quotaRequests.push(request)
  return { RequestedQuota: describeRequest(call, request) }
}

/** Time has passed: what was pending is approved and in force. */
export function settleRequests(call: Call, state: RegionState): void {
  for (const request of state.quotaRequests) {
    if (request.status !== 'PENDING' || call.now - request.createdAt < APPROVED_AFTER_MS) continue
    request.status = 'APPROVED'
    state.quotaOverrides.set(request.quotaCode, request.desiredValue)
  }
}

export function describeRequest(call: Call, request: QuotaRequest): Input {
  const quota = getQuota(request.quotaCode)
  const settledAt =
    request.status === 'APPROVED' ? request.createdAt + APPROVED_AFTER_MS : request.createdAt
  return {
    Id: request.id,
    ...(request.status === 'CASE_OPENED'
      ? { CaseId: `${parseInt(request.id.slice(0, 8), 16)}` }
      : {}),
    ServiceCode: 'kms',
    ServiceName: 'AWS Key Management Service (AWS KMS)',
    QuotaCode: quota.code,
    QuotaName: quota.name,
    DesiredValue: request.desiredValue,
    Status: request.status,
    Created: request.createdAt / 1000,
    LastUpdated: settledAt / 1000,
    Requester: JSON.stringify({
      accountId: call.caller.accountId,
      callerArn: request.requesterArn,
    }),
    QuotaArn: `arn:aws:servicequotas:${call.region}:${call.caller.accountId}:kms/${quota.code}`,
    GlobalQuota: false,
    Unit: 'None',
    QuotaRequestedAtLevel: 'ACCOUNT',
  }
}
