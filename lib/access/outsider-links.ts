import { externalTable } from '@/lib/access/external-table'
import { limits, type Token } from '../table/filter'
import { tableHref } from '../table/state'

/** Abilities that open what the key encrypted. */
export const decrypting = ['decrypt', 'reEncrypt'] as const

/**
 * A filter holds so much of a value: of a principal with a longer name its beginning is looked for.
 */
const named = (principal: string): Token => ({
  property: 'principal',
  operator: principal.length > limits.valueLength ? 'starts' : 'eq',
  values: [principal],
})
const decrypts: Token = { property: 'ability', operator: 'eq', values: decrypting }

/** The rows of External access that the numbers beside a principal count. */
export const keysOf = (principal: string) =>
  tableHref('/access/external', externalTable, named(principal))
export const decryptableBy = (principal: string) =>
  tableHref('/access/external', externalTable, named(principal), decrypts)
