import { operationsOfUsage } from '../../kms/grant-operations'
import { usages } from '../../kms/key-specs'

const cryptographic = new Set(
  usages
    .flatMap((usage) => operationsOfUsage(usage, undefined) ?? [])
    .map((name) => name.toLowerCase()),
)

/**
 * Whether a key of this kind can do the operation, in lower case, at all.
 * Of an unknown kind it can.
 */
export function canDo(
  operation: string,
  keySpec: string | undefined,
  keyUsage: string | undefined,
): boolean {
  if (!cryptographic.has(operation) || keyUsage === undefined) return true
  const of = operationsOfUsage(keyUsage, keySpec)
  return of === null || of.some((name) => name.toLowerCase() === operation)
}
