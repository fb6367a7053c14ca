import { keysTable } from '@/lib/inventory/table/keys-table'
import { defaultState, parseTableState, type TableState } from '../table/state'

/** A small generator with a seed: the same rounds every time. */
function dice(seed: number): (below: number) => number {
  let state = ((seed + 1000) * 2654435761) >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const facetFilters = [
  'state.eq.Enabled',
  'state.ne.Enabled',
  'state.eq.PendingDeletion|unknown',
  'region.eq.eu-west-1',
  'region.eq.us-east-1|us-west-2',
  'spec.ne.SYMMETRIC_DEFAULT',
  'manager.eq.CUSTOMER',
  'origin.eq.EXTERNAL',
  'rotation.eq.off',
  'scope.eq.primary',
  'usage.eq.SIGN_VERIFY',
  'account.has.payments',
  'account.eq.100000000000',
]
const valueFilters = [
  'ageDays.gt.365',
  'unusedDays.gt.90',
  'lastUse.eq.~none',
  'grants.gt.10',
  'grantsByPeople.ge.1',
  'cost.ge.2',
  'created.lt.2025-06-01',
  'onDemandUsed.gt.20',
  'owner.eq.payments',
  'owner.has.pay',
]
const textFilters = [
  'alias.has.orders',
  'alias.starts.prod/',
  'alias.eq.~none',
  'description.has.backup',
  'description.hasnt.backup',
  'tag:team.eq.payments',
  'tag:team.ne.payments',
  'tag:env.has.pro',
  'tag:team.eq.~none',
  '*.has.customer',
  '*.has.zz',
  '*.hasnt.prod',
  '*.has.ledger-prod',
]
const sortable = [
  ...keysTable.columns.filter((column) => column.sortable).map((column) => column.id),
  'tag:team',
]

/**
 * What people do: half of the time one condition, sometimes none or three; any sort; mostly the
 * first pages, sometimes far behind.
 */
export function randomState(round: number, keys: number): { state: TableState; what: string } {
  const roll = dice(round)
  const pick = <T>(list: readonly T[], otherwise: T): T => list[roll(list.length)] ?? otherwise
  const kind = pick(['none', 'facets', 'values', 'texts', 'mixed', 'anyOf'], 'none')
  const lists: Record<string, readonly string[][]> = {
    none: [],
    facets: [facetFilters, facetFilters],
    values: [facetFilters, valueFilters],
    texts: [textFilters],
    mixed: [facetFilters, valueFilters, textFilters],
    anyOf: [facetFilters, textFilters],
  }
  const conditions = (lists[kind] ?? []).map((list) => pick(list, ''))
  const filter = kind === 'anyOf' ? `or(${conditions.join(',')})` : conditions.join(',')
  const sort = `${roll(2) ? '-' : ''}${pick(sortable, 'alias')}`
  const far = roll(10)
  const page = far < 6 ? 1 : far < 8 ? 1 + roll(10) : 1 + roll(Math.max(1, Math.floor(keys / 50)))
  const { state } = parseTableState(keysTable, { filter, sort, page: String(page) })
  return {
    state: { ...defaultState(keysTable), ...state },
    what: `${kind}: ${filter} sort ${sort} page ${page}`,
  }
}

export const searchWords = [
  'prod/orders-5512',
  'payments',
  'customer backup',
  '1000000',
  'ledger-prod',
  'zz',
  'arn:aws:kms:eu',
  'mrk-',
  'ab',
  'Encrypts invoices of risk in dev',
]
