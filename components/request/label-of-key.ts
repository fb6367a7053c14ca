import type { KeyRow } from '@/lib/inventory/key-detail'

/** How people call a key: by its first alias, else by its id. */
export const labelOfKey = ({ aliases, keyId }: Pick<KeyRow, 'aliases' | 'keyId'>) =>
  aliases[0] ?? keyId
