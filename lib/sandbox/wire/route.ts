import { AwsError } from '../call'
import { services, type Protocol, type ServiceDefinition } from '../services'
import type { SignedRequest } from './authenticate'

/** Which service this is for: by X-Amz-Target where there is one, else by the name it was signed for. */
export function routeService(request: SignedRequest): ServiceDefinition | null {
  const target = targetOf(request)
  if (target) return Object.values(services).find((service) => service.target === target.service) ?? null
  const scope = /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1]
  return scope && Object.hasOwn(services, scope) ? services[scope] ?? null : null
}

/** What this request speaks, which its answer must speak too. */
export function routeProtocol(service: ServiceDefinition, request: SignedRequest): Protocol {
  if (service.protocol !== 'json') return service.protocol
  if (request.headers['smithy-protocol'] === 'rpc-v2-cbor') return 'cbor'
  return service.namespace && /x-www-form-urlencoded/.test(request.headers['content-type'] ?? '') ? 'query' : 'json'
}

/** The operation's name. Throws UnknownOperationException where the request names none. */
export function routeOperation(protocol: Protocol, request: SignedRequest): string {
  if (protocol === 'json' || protocol === 'cbor') {
    const target = targetOf(request)
    if (!target) throw new AwsError('UnknownOperationException', '')
    return target.operation
  }
  if (protocol === 'query') return queryAction(request)
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
