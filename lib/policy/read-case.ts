import type { Case, PolicyInput } from './case'
import type { ContextValue } from './context'
import type { Grant } from './grants'
import { BadRequest, type RequestInput } from './request'

/** Checks that a JSON value is a case. Throws BadRequest with a sentence that names the field. */
export function readCase(value: unknown): Case {
  const given = asObject(value, 'the case')
  const request = readRequest(asObject(given.request, 'request'))
  const list = (name: string): readonly PolicyInput[] | null | undefined =>
    readPolicies(given[name], name)
  return {
    request,
    contextComplete:
      given.contextComplete === undefined
        ? undefined
        : asBoolean(given.contextComplete, 'contextComplete'),
    keyPolicy: given.keyPolicy === undefined ? undefined : asPolicy(given.keyPolicy, 'keyPolicy'),
    identityPolicies: list('identityPolicies'),
    permissionBoundaries: list('permissionBoundaries'),
    sessionPolicies: list('sessionPolicies'),
    serviceControlPolicies: readLevels(given.serviceControlPolicies, 'serviceControlPolicies'),
    resourceControlPolicies: readLevels(given.resourceControlPolicies, 'resourceControlPolicies'),
    vpcEndpointPolicies: list('vpcEndpointPolicies'),
    grants: readGrants(given.grants),
  }
}

type Fields = Readonly<Record<string, unknown>>

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asObject(value: unknown, name: string): Fields {
  if (!isObject(value)) throw new BadRequest(`${name} must be an object`)
  return value
}

function asString(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new BadRequest(`${name} must be a string`)
  return value
}

function asBoolean(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new BadRequest(`${name} must be true or false`)
  return value
}

function asPolicy(value: unknown, name: string): PolicyInput {
  if (value === null || typeof value === 'string' || isObject(value)) return value
  throw new BadRequest(`${name} must be a policy or null`)
}

function readRequest(request: Fields): RequestInput {
  return {
    principal: asString(request.principal, 'request.principal'),
    action: asString(request.action, 'request.action'),
    resource: asString(request.resource, 'request.resource'),
    context:
      request.context === undefined || request.context === null
        ? {}
        : readContext(asObject(request.context, 'request.context')),
    contextComplete:
      request.contextComplete === undefined
        ? undefined
        : asBoolean(request.contextComplete, 'request.contextComplete'),
  }
}

function readContext(context: Fields): Record<string, ContextValue> {
  return Object.fromEntries(
    Object.entries(context).map(([key, value]): [string, ContextValue] => {
      if (isScalar(value) || value === null) return [key, value]
      if (Array.isArray(value) && value.every(isScalar)) return [key, value]
      throw new BadRequest(
        `request.context["${key.slice(0, 80)}"] must be a string, number, Boolean or a list of them`,
      )
    }),
  )
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function readPolicies(value: unknown, name: string): readonly PolicyInput[] | null | undefined {
  if (value === undefined || value === null) return value
  if (!Array.isArray(value)) throw new BadRequest(`${name} must be a list or null`)
  return value.map((item, index) => asPolicy(item, `${name}[${index}]`))
}

/** A flat list of policies is one level. */
function readLevels(value: unknown, name: string): Case['serviceControlPolicies'] {
  if (value === undefined || value === null) return value
  if (!Array.isArray(value)) throw new BadRequest(`${name} must be a list of levels or null`)
  if (value.some(isObject)) return [readPolicies(value, name) ?? null]
  return value.map((level: unknown, index) => readPolicies(level, `${name}[${index}]`) ?? null)
}

function readGrants(value: unknown): readonly Grant[] | null | undefined {
  if (value === undefined || value === null) return value
  if (!Array.isArray(value)) throw new BadRequest('grants must be a list or null')
  return value.map((item, index) =>
    readGrant(asObject(item, `grants[${index}]`), `grants[${index}]`),
  )
}

const texts = [
  'KeyId',
  'GrantId',
  'Name',
  'GranteePrincipal',
  'GranteeServicePrincipal',
  'RetiringPrincipal',
  'RetiringServicePrincipal',
  'IssuingAccount',
] as const

function readGrant(grant: Fields, name: string): Grant {
  const read: Grant = {}
  for (const field of texts) {
    const value = grant[field]
    if (value !== undefined && value !== null) read[field] = asString(value, `${name}.${field}`)
  }
  if (!Array.isArray(grant.Operations)) throw new BadRequest(`${name}.Operations must be a list`)
  read.Operations = grant.Operations.map((operation) => asString(operation, `${name}.Operations`))
  if (grant.Constraints !== undefined && grant.Constraints !== null) {
    const {
      EncryptionContextEquals: equals,
      EncryptionContextSubset: subset,
      SourceArn: sourceArn,
    } = asObject(grant.Constraints, `${name}.Constraints`)
    read.Constraints = {
      EncryptionContextEquals: readPairs(equals, `${name}.Constraints.EncryptionContextEquals`),
      EncryptionContextSubset: readPairs(subset, `${name}.Constraints.EncryptionContextSubset`),
      SourceArn:
        sourceArn === undefined || sourceArn === null
          ? undefined
          : asString(sourceArn, `${name}.Constraints.SourceArn`),
    }
  }
  return read
}

function readPairs(value: unknown, name: string): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined
  return Object.fromEntries(
    Object.entries(asObject(value, name)).map(([key, text]) => [
      key,
      asString(text, `${name}.${key}`),
    ]),
  )
}
