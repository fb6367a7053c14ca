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
    send(response, error.status, errorXml(error, requestId, service.namespace ?? ''), service.contentType, requestId)
    return
  }
  if (service?.protocol === 'rest') response.setHeader('x-amzn-ErrorType', error.code)
  const body = JSON.stringify({ __type: error.code, ...(error.message === '' ? {} : { message: error.message }) })
  send(response, error.status, body, service?.contentType ?? 'application/x-amz-json-1.1', requestId)
}

export function send(response: ServerResponse, status: number, body: string, contentType: string, requestId: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), 'x-amzn-requestid': requestId })
  response.end(body)
}
