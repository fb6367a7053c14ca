import type { KeyRow } from '@/lib/inventory/key-detail'
import { keyPath } from '@/lib/kms/arn'

type Named = Pick<KeyRow, 'accountId' | 'region' | 'keyId' | 'aliases'>

export const titleOfKey = (key: Named) =>
  key.aliases.find((name) => !name.startsWith('alias/aws/')) ?? key.aliases[0] ?? key.keyId

const under = (folder: string) => (key: Named) => `${keyPath(key)}/${folder}`

/**
 * The tabs of a key, in the order they are read. A tab that does not apply to a
 * kind of key stays and says why.
 */
export const tabs = [
  { id: 'overview', label: 'Overview', href: keyPath },
  { id: 'access', label: 'Access', href: under('access') },
  { id: 'policy', label: 'Policy', href: under('policy') },
  { id: 'grants', label: 'Grants', href: under('grants') },
  { id: 'usage', label: 'Usage', href: under('usage') },
  { id: 'resources', label: 'Resources', href: under('resources') },
  { id: 'material', label: 'Material & rotation', href: under('material') },
  { id: 'multi-region', label: 'Multi-Region', href: under('multi-region') },
  { id: 'public-key', label: 'Public key', href: under('public-key') },
  { id: 'raw', label: 'Raw', href: under('raw') },
] as const

export type KeyTab = (typeof tabs)[number]['id']
