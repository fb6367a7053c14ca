import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { AwsError, type Call, type Input } from '../call'
import { placeOf } from '../accounts'
import { sandboxNow } from '../clock'
import { intern, makeUuid } from '../ids'
import { settle } from '../kms/time'
import { drawFault, type Drawn } from '../limits/faults'
import { countCall } from '../limits/meter'
import { listQuotaUses, takeQuota } from '../limits/request-quotas'
import { countUsage } from '../limits/usage'
import { recordCall } from '../record/record'
import { isKnownRegion } from '../regions'
import { readS3Input } from '../s3/read-input'
import type { Sandbox } from '../sandbox'
import type { ServiceDefinition } from '../services'
import { answer, answerError, type Manner } from './answer'
import { authenticate, type SignedRequest } from './authenticate'
import { decodeInput } from './decode'
import { routeOperation, routeProtocol, routeService } from './route'

/**
 * One AWS request from the wire to the answer: authenticate, decode, quota,
 * faults, operation, trail, usage.
 */
export async function handleAws(
  sandbox: Sandbox,
  incoming: IncomingMessage,
  response: ServerResponse,
  body: Buffer,
  hostBucket: string | null,
): Promise<void> {
  const request: SignedRequest = {
    method: incoming.method ?? 'POST',
    url: incoming.url ?? '/',
    headers: incoming.headers,
    body,
    hostBucket,
  }
  const requestId = makeUuid()
  const service = routeService(request)
  const manner: Manner = {
    service,
    protocol: routeProtocol(service, request),
    head: request.method === 'HEAD',
  }
  const absent = absentHost(service, request)
  if (absent !== null) {
    // AWS has no such host: nothing answers there.
    console.error(`sandbox: AWS has no host ${absent}`)
    incoming.socket.destroy()
    return
  }
  try {
    const { call, input } = openCall(
      sandbox,
      manner,
      request,
      requestId,
      incoming.socket.remoteAddress ?? '127.0.0.1',
    )
    const fault = drawFault(sandbox.faults, call.operation, sandbox.random)
    call.shortPage = fault.shortPage
    const output = await runCall(sandbox, manner.service, call, input, fault)
    if (fault.lostAfterEffect) incoming.socket.destroy()
    else answer(response, manner, call, output)
  } catch (error) {
    answerError(
      response,
      manner,
      error instanceof AwsError ? error : internalFailure(error),
      requestId,
    )
  }
}

function openCall(
  sandbox: Sandbox,
  { service, protocol }: Manner,
  request: SignedRequest,
  requestId: string,
  sourceIp: string,
) {
  const { caller, auth } = authenticate(sandbox.world, request)
  const operation = intern(routeOperation(protocol, request))
  const now = sandboxNow(sandbox.world)
  settle(sandbox.world, now)
  const call: Call = {
    world: sandbox.world,
    now,
    caller,
    region: regionOf(service, auth.region),
    service: service.name,
    operation,
    requestId,
    eventId: makeUuid(),
    sourceIp: intern(sourceIp.replace(/^::ffff:/, '')),
    userAgent: intern(request.headers['user-agent'] ?? ''),
    trail: { keys: [] },
    shortPage: false,
  }
  if (protocol === 's3') {
    const { input, payload } = readS3Input(request)
    call.payload = { received: payload, sent: null }
    return { call, input }
  }
  const input = decodeInput(service, protocol, request.body)
  return { call, input: sandbox.ignoresDryRun ? withoutDryRun(input) : input }
}

function withoutDryRun({ DryRun: _, DryRunModifiers: __, ...input }: Input): Input {
  return input
}

/**
 * The host that does not exist, where the request was signed for a Region that AWS
 * does not have; null otherwise.
 */
function absentHost(service: ServiceDefinition, request: SignedRequest): string | null {
  const region = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]
  if (region === undefined || isKnownRegion(region)) return null
  return `${service.name}.${region.replace(/[^\w-]/g, '?')}.amazonaws.com`
}

/**
 * IAM, Organizations and Account live in us-east-1, whatever Region a client with an
 * endpoint of its own signed for.
 */
function regionOf(service: ServiceDefinition, signedFor: string): string {
  return /^(iam|organizations|account)$/.test(service.name) || signedFor === 'aws-global'
    ? 'us-east-1'
    : intern(signedFor)
}

/** What AWS logs and counts happens here, for a refusal as for an answer. */
async function runCall(
  sandbox: Sandbox,
  service: ServiceDefinition,
  call: Call,
  input: Input,
  fault: Drawn,
): Promise<Input> {
  const run = Object.hasOwn(service.operations, call.operation)
    ? service.operations[call.operation]
    : undefined
  if (!run) throw new AwsError('UnknownOperationException', '')
  placeOf(call)
  const uses = listQuotaUses(call, input)
  const arrival = Date.now()
  const throttled = fault.throttle || !takeQuota(sandbox.quotas, uses, arrival)
  countCall(sandbox.meter, meterPlace(call), Math.floor(arrival / 1000), throttled)
  if (fault.latencyMs > 0) await sleep(fault.latencyMs)
  if (throttled) throw throttling(service)
  countUsage(call, uses)
  if (fault.error5xx) throw serverError(service)
  try {
    const output = await run(call, input)
    recordCall(call, input, null)
    return output
  } catch (error) {
    recordCall(call, input, error instanceof AwsError ? error : internalFailure(error))
    throw error
  }
}

function meterPlace(call: Call) {
  return {
    accountId: call.caller.accountId,
    region: call.region,
    service: call.service,
    operation: call.operation,
  }
}

/** By the fault `error5xx`: before the operation, so without effect. */
function serverError(service: ServiceDefinition): AwsError {
  return new AwsError(
    service.name === 'kms' ? 'KMSInternalException' : 'InternalFailure',
    'An internal error occurred.',
    500,
  )
}

function throttling(service: ServiceDefinition): AwsError {
  if (service.name === 'kms') {
    return new AwsError(
      'ThrottlingException',
      'You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.',
    )
  }
  if (
    service.name === 'organizations' ||
    service.name === 'account' ||
    service.name === 'servicequotas'
  ) {
    return new AwsError(
      'TooManyRequestsException',
      'Too many requests have been sent in too short a time.',
    )
  }
  return new AwsError(
    service.protocol === 'query' ? 'Throttling' : 'ThrottlingException',
    'Rate exceeded',
  )
}

function internalFailure(error: unknown): AwsError {
  console.error('sandbox: unexpected', error)
  return new AwsError(
    'InternalFailure',
    'The request processing has failed because of an unknown error, exception or failure.',
    500,
  )
}
