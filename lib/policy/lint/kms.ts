import { actionRows, keyRows, resourceKeys, servicePrefixes } from './kms-table'

export interface KmsAction {
  name: string
  /** Lower case, as operations.ts has it. */
  operation: string
  access: string
  /** Lower case; `…*` for all that begin so. */
  keys: ReadonlySet<string>
}

export type KeyType = 'String' | 'ARN' | 'Bool' | 'Numeric' | 'Date' | 'IPAddress' | 'ArrayOfString'

const split = (text: string): string[] => text.split(' ').filter((word) => word !== '')
const ofKeys = split(resourceKeys.toLowerCase())

export const kmsActions: readonly KmsAction[] = actionRows.map(([name, access, on, keys]) => ({
  name,
  operation: name.toLowerCase(),
  access,
  keys: new Set([...split(keys.toLowerCase()), ...(on.includes('key') ? ofKeys : [])]),
}))
export const kmsActionByOperation: ReadonlyMap<string, KmsAction> = new Map(
  kmsActions.map((action) => [action.operation, action]),
)

const types = ['String', 'ARN', 'Bool', 'Numeric', 'Date', 'IPAddress', 'ArrayOfString'] as const
const known = new Map<string, { key: string; type: KeyType }>()
for (const [name, keys] of keyRows) {
  const type = types.find((one) => one === name) ?? 'String'
  for (const key of split(keys)) known.set(key.toLowerCase(), { key, type })
}
export const services: ReadonlySet<string> = new Set(servicePrefixes.split(' '))
export const conditionKeyNames: readonly string[] = [...known.values()].map(({ key }) => key)

/**
 * `kms:encryptioncontext:purpose` -> the row of `kms:EncryptionContext:*`. `keyName` in lower case.
 */
export function findConditionKey(keyName: string): { key: string; type: KeyType } | null {
  return known.get(keyName) ?? known.get(familyOf(keyName)) ?? null
}

/** `aws:resourcetag/team` -> `aws:resourcetag/*`. */
function familyOf(keyName: string): string {
  const family =
    /^(?:aws:(?:resourcetag|requesttag|principaltag)\/|kms:(?:encryptioncontext|recipientattestation):)/.exec(
      keyName,
    )
  return family ? `${family[0]}*` : keyName
}

/**
 * Whether requests of this action can carry the key. Global keys that KMS does not
 * list come with any request.
 */
export function carriesKey(action: KmsAction, keyName: string): boolean {
  const family = familyOf(keyName)
  if (
    !family.startsWith('kms:') &&
    !/^aws:(?:resourcetag\/\*|requesttag\/\*|tagkeys)$/.test(family)
  )
    return true
  return action.keys.has(family) || action.keys.has(keyName)
}
