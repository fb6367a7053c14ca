/** What an approval is bound to. Pure. */
import { createHash } from 'node:crypto'
import type { Change, Request } from '../../db/generated/client'

/**
 * Returns JSON with sorted names and no spaces, so that equal things have equal text. Leaves
 * undefined members out.
 */
export function toCanonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => toCanonical(item ?? null)).join(',')}]`
  if (value instanceof Date) return JSON.stringify(value.toISOString())
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${toCanonical(member)}`).join(',')}}`
}

/** Returns the SHA-256 of the canonical JSON, in hex. */
export const hashOf = (value: unknown): string =>
  createHash('sha256').update(toCanonical(value)).digest('hex')

/** What an approval is bound to: a field that is not here can be altered after it. */
const requestFields = [
  'id',
  'number',
  'title',
  'requesterId',
  'requesterName',
  'justification',
  'ticket',
  'template',
  'breakGlass',
  'continuesId',
  'rulesVersion',
  'createdAt',
  'sentAt',
  'answerBy',
] as const satisfies readonly (keyof Request)[]

const changeFields = [
  'id',
  'title',
  'position',
  'kind',
  'accountId',
  'region',
  'keyArn',
  'input',
  'startsAt',
  'endsAt',
  'risk',
  'exclusive',
  'baseline',
  'baselineAt',
  'preflight',
  'rule',
] as const satisfies readonly (keyof Change)[]

type FrozenRequest = Pick<Request, (typeof requestFields)[number]>
type FrozenChange = Pick<Change, (typeof changeFields)[number]>

/** Rows of the database have more than what is frozen. */
const pick = <Row extends object>(row: Row, names: readonly (keyof Row)[]) =>
  Object.fromEntries(names.map((name) => [name, row[name]]))

/**
 * Returns the hash of a change as it was sent: everything that says what will be done, why, when,
 * for whom, after which approvals, and what the approver was shown. An altered field makes another
 * hash, and the approval invalid.
 */
export const hashRequest = (request: FrozenRequest, change: FrozenChange): string =>
  hashOf({ request: pick(request, requestFields), change: pick(change, changeFields) })
