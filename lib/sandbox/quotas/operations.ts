import { placeOf } from '../accounts'
import { authorizeService } from '../authz/authorize'
import { AwsError, type Call, type Input, type Operations } from '../call'
import { readText } from '../kms/read-input'
import { page } from '../paging'
import type { QuotaRequest, RegionState } from '../world'
import { appliedValue, describeQuota, getQuota, KNOWN_QUOTAS, listApplied } from './read'
import { describeRequest, requestIncrease, settleRequests } from './requests'

/** Service Quotas for KMS, per account and Region. */
export const serviceQuotasOperations: Operations = {
  ListServices: (call, input) => {
    authorizeService(call, { action: 'servicequotas:ListServices', resourceArn: '*' })
    const found = paged(call, input, ['kms'], (code) => code)
    return {
      Services: found.items.map((ServiceCode) => ({
        ServiceCode,
        ServiceName: 'AWS Key Management Service (AWS KMS)',
      })),
      ...found.next,
    }
  },
  ListServiceQuotas: (call, input) => {
    const state = enter(call, input, 'ListServiceQuotas')
    const wanted = readText(input, 'QuotaCode')
    const quotas = listApplied(state).filter(
      (quota) => wanted === undefined || quota.code === wanted,
    )
    const found = paged(call, input, quotas, (quota) => quota.code)
    return {
      Quotas: found.items.map((quota) =>
        describeQuota(call, quota, appliedValue(state, quota), call.caller.accountId),
      ),
      ...found.next,
    }
  },
  ListAWSDefaultServiceQuotas: (call, input) => {
    enter(call, input, 'ListAWSDefaultServiceQuotas')
    const found = paged(call, input, KNOWN_QUOTAS, (quota) => quota.code)
    return {
      Quotas: found.items.map((quota) =>
        describeQuota(call, quota, quota.defaultValue(call.region), ''),
      ),
      ...found.next,
    }
  },
  GetServiceQuota: (call, input) => {
    const quota = getQuota(readText(input, 'QuotaCode'))
    const state = enter(call, input, 'GetServiceQuota', quota.code)
    return { Quota: describeQuota(call, quota, appliedValue(state, quota), call.caller.accountId) }
  },
  GetAWSDefaultServiceQuota: (call, input) => {
    const quota = getQuota(readText(input, 'QuotaCode'))
    enter(call, input, 'GetAWSDefaultServiceQuota', quota.code)
    return { Quota: describeQuota(call, quota, quota.defaultValue(call.region), '') }
  },
  RequestServiceQuotaIncrease: (call, input) => {
    const state = enter(call, input, 'RequestServiceQuotaIncrease', readText(input, 'QuotaCode'))
    return requestIncrease(call, state, input)
  },
  GetRequestedServiceQuotaChange: (call, input) => {
    authorizeService(call, {
      action: 'servicequotas:GetRequestedServiceQuotaChange',
      resourceArn: '*',
    })
    const { state } = placeOf(call)
    settleRequests(call, state)
    const request = state.quotaRequests.find((known) => known.id === readText(input, 'RequestId'))
    if (!request)
      throw new AwsError(
        'NoSuchResourceException',
        'The request failed because the specified request does not exist.',
      )
    return { RequestedQuota: describeRequest(call, request) }
  },
  ListRequestedServiceQuotaChangeHistory: (call, input) =>
    listHistory(call, input, 'ListRequestedServiceQuotaChangeHistory', () => true),
  ListRequestedServiceQuotaChangeHistoryByQuota: (call, input) => {
    const { code } = getQuota(readText(input, 'QuotaCode'))
    return listHistory(
      call,
      input,
      'ListRequestedServiceQuotaChangeHistoryByQuota',
      (request) => request.quotaCode === code,
    )
  },
}

function enter(call: Call, input: Input, operation: string, code = '*'): RegionState {
  const listing = operation.startsWith('List')
  const quotaArn = `arn:aws:servicequotas:${call.region}:${call.caller.accountId}:kms/${code}`
  const context = { 'servicequotas:service': 'kms' }
  authorizeService(call, {
    action: `servicequotas:${operation}`,
    resourceArn: listing ? '*' : quotaArn,
    context,
  })
  if (readText(input, 'ServiceCode') !== 'kms') {
    throw new AwsError(
      'NoSuchResourceException',
      'The request failed because the specified service does not exist.',
    )
  }
  const { state } = placeOf(call)
  settleRequests(call, state)
  return state
}

function listHistory(
  call: Call,
  input: Input,
  operation: string,
  matches: (request: QuotaRequest) => boolean,
): Input {
  authorizeService(call, { action: `servicequotas:${operation}`, resourceArn: '*' })
  const { state } = placeOf(call)
  settleRequests(call, state)
  const status = readText(input, 'Status')
  const service = readText(input, 'ServiceCode')
  const requests = state.quotaRequests.filter(
    (request) =>
      matches(request) &&
      (status === undefined || request.status === status) &&
      (service === undefined || service === 'kms'),
  )
  const found = paged(call, input, requests, (request) => request.id)
  return {
    RequestedQuotas: found.items.map((request) => describeRequest(call, request)),
    ...found.next,
  }
}

function paged<Item>(
  call: Call,
  input: Input,
  items: Iterable<Item>,
  key: (item: Item) => string,
): { items: Item[]; next: Input } {
  const found = page(call, items, {
    limit: input.MaxResults,
    default: 100,
    max: 100,
    marker: input.NextToken,
    key,
    limitName: 'maxResults',
    invalidMarker: 'InvalidPaginationTokenException',
  })
  return { items: found.items, next: found.next === undefined ? {} : { NextToken: found.next } }
}
