import type { KeyRow } from './key-detail'

export type Drift = { what: string; values: { value: string; regions: string[] }[] }

type Member = Pick<
  KeyRow,
  | 'region'
  | 'keyState'
  | 'policyHash'
  | 'aliases'
  | 'aliasesAt'
  | 'tags'
  | 'description'
  | 'grantCount'
>

/** A value to compare; null while unknown: what is unknown is no drift. */
const compared: [what: string, read: (member: Member) => string | null][] = [
  ['State', (m) => m.keyState],
  ['Key policy', (m) => m.policyHash && `policy ${m.policyHash.slice(0, 8)}`],
  ['Aliases', (m) => m.aliasesAt && (m.aliases.toSorted().join(', ') || 'none')],
  ['Description', (m) => (m.description === null ? null : m.description || 'none')],
  [
    'Tags',
    (m) =>
      m.tags &&
      (Object.entries(m.tags)
        .map(([name, value]) => `${name}=${value}`)
        .toSorted()
        .join(', ') ||
        'none'),
  ],
  ['Number of grants', (m) => (m.grantCount === null ? null : String(m.grantCount))],
]

/**
 * What differs between the members of a multi-Region set, by value, with the Regions that have it
 * (aws-facts 3, "Drift to report").
 */
export function findDrift(family: readonly Member[]): Drift[] {
  return compared.flatMap(([what, read]) => {
    const regionsOf = new Map<string, string[]>()
    for (const member of family) {
      const value = read(member)
      if (value !== null) regionsOf.set(value, [...(regionsOf.get(value) ?? []), member.region])
    }
    return regionsOf.size < 2
      ? []
      : [{ what, values: [...regionsOf].map(([value, regions]) => ({ value, regions })) }]
  })
}
