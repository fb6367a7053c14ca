import type { Cell } from '@/lib/access/judge'
import type { AccessTable } from '@/lib/access/table'

type Row = Pick<
  AccessTable['rows'][number],
  'id' | 'name' | 'accountId' | 'kind' | 'nearness' | 'isGrantee' | 'onlyByGrant' | 'cells'
>
type Abilities = readonly Pick<AccessTable['abilities'][number], 'id' | 'kind'>[]

export const accessFilters = [
  {
    value: 'external',
    label: 'From outside the account',
    description: 'Other accounts, other organizations, anyone',
  },
  { value: 'outside', label: 'From outside the organization' },
  { value: 'both', label: 'Can both administer and use' },
  {
    value: 'grants',
    label: 'Only through grants',
    description: 'What no policy allows them, and a grant does',
  },
  { value: 'services', label: 'AWS services' },
]

const can = (cell: Cell | undefined) => cell !== undefined && cell !== 'no'
const canAny = (row: Row, abilities: Abilities, kind: 'use' | 'administer') =>
  abilities.some((ability) => ability.kind === kind && can(row.cells[ability.id]))

/** Whether a row passes the text and every chosen filter. What is unknown counts as possible. */
export function isShown(
  row: Row,
  abilities: Abilities,
  text: string,
  chosen: readonly string[],
): boolean {
  const looked = `${row.id} ${row.name} ${row.accountId ?? ''}`.toLowerCase()
  if (!looked.includes(text.trim().toLowerCase())) return false
  return chosen.every((filter) => {
    switch (filter) {
      case 'external':
        return row.nearness !== 'account' && row.nearness !== 'aws'
      case 'outside':
        return (
          row.nearness === 'outside' || row.nearness === 'elsewhere' || row.nearness === 'anyone'
        )
      case 'both':
        return canAny(row, abilities, 'use') && canAny(row, abilities, 'administer')
      case 'grants':
        return row.onlyByGrant.length > 0
      case 'services':
        return row.kind === 'service'
      default:
        return true
    }
  })
}

export const isAccessFilter = (value: string) =>
  accessFilters.some((filter) => filter.value === value)
