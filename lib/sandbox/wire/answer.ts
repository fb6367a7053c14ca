import type { ServerResponse } from 'node:http'
import { AwsError, type Input } from '../call'
import type { Protocol, ServiceDefinition } from '../services'
import { encodeCbor } from './cbor'
import { textTimes, times } from './query-types'
import { errorXml, resultXml } from './xml'

/** How a request is to be answered: by its service, in the protocol it came in. */
export type Manner = { service: ServiceDefinition; protocol: Protocol }

export function answer(response: ServerResponse, { service, protocol }: Manner, operation: string, output: Input, requestId: string): void {
  if (protocol === 'cbor') return sendCbor(response, 200, output, requestId)
  if (protocol !== 'query') return send(response, 200, JSON.stringify(output), service.contentType, requestId)
  send(response, 200, resultXml(operation, textTimes(output), requestId, service.namespace ?? ''), 'text/xml', requestId)
}

/** `manner` null: nobody knows what service was meant. */
export function answerError(response: ServerResponse, manner: Manner | null, error: AwsError, requestId: string): void {
  const { service, protocol } = manner ?? { service: null, protocol: 'json' }
  if (service && protocol === 'query') {
    const spoken = queryError(error)
    send(response, spoken.status, errorXml(spoken, requestId, service.namespace ?? ''), 'text/xml', requestId)
    return
  }
  const body = { __type: error.code, ...(error.message === '' ? {} : { message: error.message }) }
  if (protocol === 'cbor') return sendCbor(response, error.status, body, requestId)
  if (protocol === 'rest') response.setHeader('x-amzn-ErrorType', error.code)
  const status = protocol === 'rest' ? restStatus(error) : error.status
  send(response, status, JSON.stringify(body), service?.contentType ?? 'application/x-amz-json-1.1', requestId)
}

function sendCbor(response: ServerResponse, status: number, value: Input, requestId: string): void {
  response.setHeader('smithy-protocol', 'rpc-v2-cbor')
  send(response, status, encodeCbor(value, times), 'application/cbor', requestId)
}

/** Account has HTTP's own statuses where the JSON services say 400 to all. */
function restStatus(error: AwsError): number {
  if (/^(AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|MissingAuthentication)/.test(error.code)) return 403
  return error.code === 'TooManyRequestsException' ? 429 : error.status
}

/** STS and IAM call the same errors by other names, with 403. */
const queryNames: Record<string, string> = {
  MissingAuthenticationTokenException: 'MissingAuthenticationToken',
  UnrecognizedClientException: 'InvalidClientTokenId',
  InvalidSignatureException: 'SignatureDoesNotMatch',
  IncompleteSignatureException: 'IncompleteSignature',
  ExpiredTokenException: 'ExpiredToken',
  AccessDeniedException: 'AccessDenied',
}

function queryError(error: AwsError): AwsError {
  if (error.code === 'UnknownOperationException') return new AwsError('InvalidAction', 'Could not find that operation.', 400)
  if (error.code === 'ValidationException') return new AwsError('ValidationError', error.message, 400)
  const name = Object.hasOwn(queryNames, error.code) ? queryNames[error.code] : undefined
  return name === undefined ? error : new AwsError(name, error.message, 403)
}

export function send(response: ServerResponse, status: number, body: string | Buffer, contentType: string, requestId: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), 'x-amzn-requestid': requestId })
  response.end(body)
}
