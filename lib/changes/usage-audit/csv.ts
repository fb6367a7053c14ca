import { csvLine } from '../../table/csv'
import type { Use } from './content'

const columns = [
  'key',
  'principal',
  'principalKind',
  'operation',
  'via',
  'resourceKind',
  'resource',
  'outcome',
  'error',
  'calls',
  'firstAt',
  'lastAt',
] as const satisfies readonly (keyof Use)[]

/** Returns the lines of use as CSV, each with the audit that it is of and its hash. Pure. */
export const csvOf = (uses: readonly Use[], name: string, hash: string): string =>
  [
    csvLine([...columns, 'usageAudit', 'hash']),
    ...uses.map((use) => csvLine([...columns.map((column) => use[column]), name, hash])),
  ].join('')
