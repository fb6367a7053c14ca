/**
 * Condition keys that only the operation knows (`kms:EncryptionContext:x`, `kms:GrantOperations`,
 * `aws:RequestTag/x`, …).
 */
export type RequestContext = Record<string, string | number | boolean | string[] | undefined>
