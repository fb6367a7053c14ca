import type { ServerResponse } from 'node:http'
import { AwsError, type Input } from '../call'
import type { ServiceDefinition } from '../services'
import { errorXml, resultXml } from './xml'

export function answer(response: ServerResponse, service: ServiceDefinition, operation: string, output: Input, requestId: string): void {
  const body = service.protocol === 'query' ? resultXml(operation, output, requestId, service.namespace ?? '') : JSON.stringify(output)
  send(response, 200, body, service.contentType, requestId)
}

export function answerError(response: ServerResponse, service: ServiceDefinition | null, error: AwsError, requestId: string): void {
  if (service?.protocol === 'query') {
    const spoken = queryError(error)
    send(response, spoken.status, errorXml(spoken, requestId, service.namespace ?? ''), service.contentType, requestId)
    return
  }
  if (service?.protocol === 'rest') response.setHeader('x-amzn-ErrorType', error.code)
  const body = JSON.stringify({ __type: error.code, ...(error.message === '' ? {} : { message: error.message }) })
  send(response, error.status, body, service?.contentType ?? 'application/x-amz-json-1.1', requestId)
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

export function send(response: ServerResponse, status: number, body: string, contentType: string, requestId: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), 'x-amzn-requestid': requestId })
  response.end(body)
}
