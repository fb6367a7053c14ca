import type { Arn } from '../kms/arn'
import type { Caller } from './caller'

export type ContextValue = string | number | boolean | null | readonly (string | number | boolean)[]

const encryptionContext = 'kms:encryptioncontext:'

/**
 * The condition keys of a request by lower-case name: its own, and what follows from
 * principal, resource and action.
 */
export class RequestContext {
  /** null: the key is certainly absent, also where the context is not complete. */
  private readonly values = new Map<string, readonly string[] | null>()

  constructor(
    given: Readonly<Record<string, ContextValue>>,
    readonly complete: boolean,
  ) {
    for (const [key, value] of Object.entries(given)) this.give(key.toLowerCase(), value)
  }

  private give(key: string, value: ContextValue): void {
    const texts =
      value === null ? [] : typeof value === 'object' ? value.map(String) : [String(value)]
    const earlier = this.values.get(key)
    const all = earlier ? [...earlier, ...texts] : texts
    // An empty list is an empty set: for Null and the set operators the same as an absent key.
    this.values.set(key, all.length > 0 ? all : null)
  }

  /** What follows from the request; what the request says itself stands. */
  derive(key: string, values: readonly string[] | null): void {
    if (!this.values.has(key)) this.values.set(key, values)
  }

  /** undefined: not mentioned. null: certainly absent. */
  find(key: string): readonly string[] | null | undefined {
    return this.values.get(key)
  }

  /**
   * Whether the key is absent now but might be there in a request of which not everything was told.
   */
  isOpen(key: string): boolean {
    return !this.complete && !this.values.has(key)
  }

  /**
   * Pairs of the encryption context; keys in lower case, as condition keys do not distinguish it.
   */
  readEncryptionContext(): Map<string, readonly string[]> {
    const pairs = new Map<string, readonly string[]>()
    for (const [key, value] of this.values) {
      if (value && key.startsWith(encryptionContext))
        pairs.set(key.slice(encryptionContext.length), value)
    }
    return pairs
  }
}

/**
 * kms:EncryptionContextKeys: the names as the request spells them, since their case counts there.
 */
export function listEncryptionContextKeys(given: Readonly<Record<string, ContextValue>>): string[] {
  const keys: string[] = []
  for (const key of Object.keys(given)) {
    const name = key.slice(encryptionContext.length)
    if (name !== '' && key.toLowerCase().startsWith(encryptionContext)) keys.push(name)
  }
  return keys
}

const principalTypes: Readonly<Record<Caller['kind'], string | null>> = {
  root: 'Account',
  user: 'User',
  role: 'AssumedRole',
  session: 'AssumedRole',
  federated: 'FederatedUser',
  service: null,
  anonymous: 'Anonymous',
}

/**
 * Keys that IAM and KMS fill from who calls: present or absent as IAM's table "Information
 * about the principal" has them.
 */
export function deriveFromCaller(context: RequestContext, caller: Caller): void {
  const account = caller.account === '' ? null : [caller.account]
  const type = principalTypes[caller.kind]
  const isService = caller.kind === 'service'
  context.derive(
    'aws:principalarn',
    account ? [caller.roleArn === '' ? caller.name : caller.roleArn] : null,
  )
  context.derive('aws:principalaccount', account)
  context.derive('aws:principaltype', type === null ? null : [type])
  context.derive('kms:calleraccount', account)
  context.derive(
    'aws:principalisawsservice',
    caller.kind === 'anonymous' ? null : [String(isService)],
  )
  context.derive('aws:principalservicename', isService ? [caller.name] : null)
  context.derive(
    'aws:username',
    caller.kind === 'user' ? [caller.name.slice(caller.name.lastIndexOf('/') + 1)] : null,
  )
  if (!isService) context.derive('aws:principalservicenameslist', null)
}

/** KMS is regional and its keys have owners: both stand in the ARN. */
export function deriveFromResource(
  context: RequestContext,
  resource: Arn | null,
  alias: string | null,
): void {
  if (resource) {
    context.derive('aws:resourceaccount', [resource.account])
    context.derive('aws:requestedregion', [resource.region])
  }
  if (alias !== null) context.derive('kms:requestalias', [alias])
}
