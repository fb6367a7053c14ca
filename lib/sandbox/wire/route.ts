import { AwsError } from '../call'
import { routeS3 } from '../s3/route'
import { services, type Protocol, type ServiceDefinition } from '../services'
import type { SignedRequest } from './authenticate'

/**
 * Which service this is for: by X-Amz-Target where there is one, else by the name it was signed
 * for. One that is not here is a service without operations, so that its refusal goes out in the
 * protocol in which it was asked.
 */
export function routeService(request: SignedRequest): ServiceDefinition {
  const target = targetOf(request)
  const scope =
    /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ??
    'unknown'
  const known = target
    ? Object.values(services).find((service) => service.target === target.service)
    : Object.hasOwn(services, scope)
      ? services[scope]
      : undefined
  return known ?? absentService(scope, request)
}

function absentService(name: string, request: SignedRequest): ServiceDefinition {
  const contentType = request.headers['content-type'] ?? ''
  if (targetOf(request))
    return {
      name,
      protocol: 'json',
      contentType: contentType || 'application/x-amz-json-1.1',
      operations: {},
    }
  if (contentType.includes('x-www-form-urlencoded')) {
    return {
      name,
      protocol: 'query',
      contentType: 'text/xml',
      namespace: `https://${name}.amazonaws.com/`,
      operations: {},
    }
  }
  return { name, protocol: 'rest', contentType: 'application/json', operations: {} }
}

/** What this request speaks, which its answer must speak too. */
export function routeProtocol(service: ServiceDefinition, request: SignedRequest): Protocol {
  if (service.protocol !== 'json') return service.protocol
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return 'cbor'
  return service.namespace && /x-www-form-urlencoded/.test(request.headers['content-type'] ?? '')
    ? 'query'
    : 'json'
}

/** The operation's name. Throws UnknownOperationException where the request names none. */
export function routeOperation(protocol: Protocol, request: SignedRequest): string {
  if (protocol === 'json' || protocol === 'cbor') {
    const target = targetOf(request)
    if (!target) throw new AwsError('UnknownOperationException', '')
    return target.operation
  }
  if (protocol === 'query' || protocol === 'ec2') return queryAction(request)
  if (protocol === 's3') return routeS3(request)
  const path = request.url.split('?')[0] ?? ''
  return path.charAt(1).toUpperCase() + path.slice(2)
}

function queryAction(request: SignedRequest): string {
  const action = /(?:^|&)Action=([^&]+)/.exec(request.body.toString())?.[1]
  if (!action) throw new AwsError('MissingAction', 'Missing Action')
  return decodeURIComponent(action)
}

function targetOf(request: SignedRequest): { service: string; operation: string } | null {
  const [, service, operation] = /^\/service\/(\w+)\/operation\/(\w+)$/.exec(request.url) ?? []
  if (service && operation) return { service, operation }
  const header = request.headers['x-amz-target']
  if (typeof header !== 'string') return null
  const labels = header.split('.')
  return { service: labels.at(-2) ?? '', operation: labels.at(-1) ?? '' }
}
