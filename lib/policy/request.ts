import { parseArn, splitArn } from '../kms/arn'
import { parseCaller, type Caller } from './caller'
import {
  deriveFromCaller,
  deriveFromResource,
  listEncryptionContextKeys,
  RequestContext,
  type ContextValue,
} from './context'
import { kmsActionByOperation } from './lint/kms'
import { findNearest } from './lint/nearest'
import {
  isAliasOperation,
  isIamOnly,
  isTaggingNewKey,
  operationOf,
  takesAlias,
} from '../kms/operations'

/** The request of a case. */
export interface RequestInput {
  /**
   * ARN of a user, role, role session, federated user or account root; a service's name; `*` for
   * the anonymous.
   */
  principal: string
  action: string
  /** Key ARN, alias ARN or `*`. */
  resource: string
  context?: Readonly<Record<string, ContextValue>>
  /** false: keys that are not mentioned can be in the request. */
  contextComplete?: boolean
}

/** A request made ready to be matched. */
export interface PolicyRequest {
  caller: Caller
  action: string
  /** Lower case, as action patterns are compiled. */
  actionName: string
  /** Of KMS, lower case, without prefix; '' for the action of another service. */
  operation: string
  resource: string
  resourceParts: readonly string[]
  /** A key operation on an alias: the key's ARN is not known. */
  aliasOnly: boolean
  /**
   * An IAM policy alone decides: the resource is `*` or an alias on which an alias operation acts.
   */
  iamOnly: boolean
  /** Account and partition of the key; the caller's where the resource has none. */
  account: string
  partition: string
  context: RequestContext
}

export class BadRequest extends Error {}

/** Throws BadRequest with a sentence that names what is wrong. */
export function prepareRequest(input: RequestInput): PolicyRequest {
  const given = input.context ?? {}
  const caller = parseCaller(input.principal, findPrincipalArn(given))
  if (!caller)
    throw new BadRequest(
      `request.principal "${clip(input.principal)}" is no ARN of a user, role, session or ` +
        'account root, no service name and not "*"',
    )
  requireAction(input.action)
  const arn = parseArn(input.resource)
  if (!arn && input.resource !== '*')
    throw new BadRequest(`request.resource "${clip(input.resource)}" is neither an ARN nor "*"`)
  const operation = operationOf(input.action)
  const isAlias = arn?.service === 'kms' && arn.resource.startsWith('alias/')
  const star = isIamOnly(operation) || isTaggingNewKey(operation, input.resource)
  const resource = star ? '*' : input.resource
  const alias = isAlias && takesAlias(operation) ? arn.resource : null
  const { account, partition } = star || !arn ? caller : arn
  return {
    caller,
    action: input.action,
    actionName: input.action.toLowerCase(),
    operation,
    context: makeContext(input, caller, star ? null : arn, alias),
    resource,
    resourceParts: splitArn(resource),
    aliasOnly: isAlias && !isAliasOperation(operation),
    iamOnly: star || (isAlias && isAliasOperation(operation)),
    account,
    partition,
  }
}

/** What the request carries: what was given, and what follows from caller and resource. */
function makeContext(
  { context: given = {}, contextComplete }: RequestInput,
  caller: Caller,
  arn: ReturnType<typeof parseArn>,
  alias: string | null,
): RequestContext {
  const context = new RequestContext(given, contextComplete !== false)
  deriveFromCaller(context, caller)
  deriveFromResource(context, arn, alias)
  const contextKeys = listEncryptionContextKeys(given)
  // Of an incomplete context there may be further pairs, so their list is not known.
  if (contextKeys.length > 0 && context.complete)
    context.derive('kms:encryptioncontextkeys', contextKeys)
  return context
}

/**
 * Refuses an action that KMS does not have: about a mistyped one every answer would be about
 * nothing.
 */
function requireAction(action: string): void {
  if (!/^[A-Za-z0-9-]+:[A-Za-z0-9]+$/.test(action))
    throw new BadRequest(`request.action "${clip(action)}" is no action such as "kms:Decrypt"`)
  const operation = operationOf(action)
  if (operation === '' || kmsActionByOperation.has(operation)) return
  const meant = findNearest(operation, kmsActionByOperation.keys())
  const name = meant === null ? null : (kmsActionByOperation.get(meant)?.name ?? meant)
  const hint = name === null ? '' : `: did you mean "kms:${name}"?`
  throw new BadRequest(`request.action "${clip(action)}" is no action of KMS${hint}`)
}

function findPrincipalArn(given: Readonly<Record<string, ContextValue>>): string | undefined {
  const key = Object.keys(given).find((name) => name.toLowerCase() === 'aws:principalarn')
  const value = key === undefined ? undefined : given[key]
  return typeof value === 'string' ? value : undefined
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
