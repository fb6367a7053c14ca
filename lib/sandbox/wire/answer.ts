import type { ServerResponse } from 'node:http'
import { AwsError, type Call, type Input } from '../call'
import { answerS3, answerS3Error } from '../s3/answer'
import type { Protocol, ServiceDefinition } from '../services'
import { encodeCbor } from './cbor'
import { textTimes, times } from './query-types'
import { ec2ErrorXml, ec2ResultXml, errorXml, resultXml } from './xml'

/** How a request is to be answered: by its service, in the protocol it came in. */
export type Manner = {
  service: ServiceDefinition
  protocol: Protocol
  /** Only the head is asked for: an error has no body either. */
  head: boolean
}

export function answer(
  response: ServerResponse,
  { service, protocol }: Manner,
  { operation, requestId, payload }: Call,
  output: Input,
): void {
  if (protocol === 's3')
    return answerS3(response, operation, output, payload?.sent ?? null, requestId)
  if (protocol === 'cbor') return sendCbor(response, 200, output, requestId)
  if (protocol === 'ec2') {
    return send(
      response,
      200,
      ec2ResultXml(operation, output, requestId, service.namespace ?? ''),
      'text/xml',
      requestId,
    )
  }
  if (protocol !== 'query')
    return send(response, 200, JSON.stringify(output), service.contentType, requestId)
  send(
    response,
    200,
    resultXml(operation, textTimes(output), requestId, service.namespace ?? ''),
    'text/xml',
    requestId,
  )
}

export function answerError(
  response: ServerResponse,
  manner: Manner,
  error: AwsError,
  requestId: string,
): void {
  const { service, protocol } = manner
  if (protocol === 's3') return answerS3Error(response, error, requestId, !manner.head)
  if (protocol === 'query' || protocol === 'ec2') {
    const spoken = protocol === 'ec2' ? ec2Error(error) : queryError(error)
    // CloudWatch speaks JSON too, so that its content type says nothing of an answer in XML.
    send(response, spoken.status, writeXmlError(manner, spoken, requestId), 'text/xml', requestId)
    return
  }
  const body = { __type: error.code, ...(error.message === '' ? {} : { message: error.message }) }
  if (protocol === 'cbor') return sendCbor(response, error.status, body, requestId)
  if (protocol === 'rest') response.setHeader('x-amzn-ErrorType', error.code)
  const status = protocol === 'rest' ? restStatus(error) : error.status
  send(response, status, JSON.stringify(body), service.contentType, requestId)
}

function sendCbor(response: ServerResponse, status: number, value: Input, requestId: string): void {
  response.setHeader('smithy-protocol', 'rpc-v2-cbor')
  send(response, status, encodeCbor(value, times), 'application/cbor', requestId)
}

/** Account has HTTP's own statuses where the JSON services say 400 to all. */
function restStatus(error: AwsError): number {
  if (
    /^(AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|MissingAuthentication)/.test(
      error.code,
    )
  )
    return 403
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

function writeXmlError({ service, protocol }: Manner, error: AwsError, requestId: string): string {
  if (protocol === 'ec2') return ec2ErrorXml(error, requestId)
  return errorXml(error, requestId, service.namespace ?? '')
}

/** EC2 has its own names for who may not. */
function ec2Error(error: AwsError): AwsError {
  if (/^AccessDenied/.test(error.code))
    return new AwsError('UnauthorizedOperation', error.message, 403)
  const isUnknownCaller =
    /^(UnrecognizedClient|InvalidSignature|ExpiredToken|MissingAuthentication)/.test(error.code)
  return isUnknownCaller ? new AwsError('AuthFailure', error.message, 401) : queryError(error)
}

function queryError(error: AwsError): AwsError {
  if (error.code === 'UnknownOperationException')
    return new AwsError('InvalidAction', 'Could not find that operation.', 400)
  if (error.code === 'ValidationException')
    return new AwsError('ValidationError', error.message, 400)
  const name = Object.hasOwn(queryNames, error.code) ? queryNames[error.code] : undefined
  return name === undefined ? error : new AwsError(name, error.message, 403)
}

function send(
  response: ServerResponse,
  status: number,
  body: string | Buffer,
  contentType: string,
  requestId: string,
): void {
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
  })
  response.end(body)
}
