/** From the form to a request, or to what is still missing, by the field it belongs to. */
import type { AskedChange, AskedRequest } from '@/lib/changes/request/ask'
import { parseArn } from '@/lib/kms/arn'
import type { Errors } from './errors'
import type { Fail } from './kinds/form'
import { findFormKind, formOf } from './kinds/list'
import { mostKeys, type DayTime, type Form } from './values'

export type Built = { ok: true; asked: AskedRequest } | { ok: false; errors: Errors }

/** ISO by the zone of whoever runs this (the browser's); null when day or time is no such thing. */
export function toInstant({ day, time }: DayTime): Date | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || !/^\d{2}:\d{2}$/.test(time)) return null
  const at = new Date(`${day}T${time}:00`)
  return Number.isNaN(at.getTime()) ? null : at
}

/** The other way, to the minute. */
export function toDayTime(iso: string): DayTime {
  const at = new Date(iso)
  const two = (number: number) => String(number).padStart(2, '0')
  return {
    day: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  }
}

const isSaid = ({ day, time }: DayTime) => day !== '' || time !== ''

/** `now` by the database's clock: what "in 7 days" counts from. */
export function toAsked(form: Form, now: Date): Built {
  const errors: Record<string, string[]> = {}
  const fail: Fail = (name, words) => {
    if (!errors[name]?.includes(words)) (errors[name] ??= []).push(words)
  }
  // In the order in which they stand in the form.
  requireSubject(form, fail)
  const inputs = tryInput(() => toChanges(form), fail)
  formOf(form.kind).judge?.(form.values, inputs?.[0]?.input, fail)
  const times = toTimes(form, now, fail)
  if (form.justification.trim() === '') fail('justification', 'Say why this is needed.')
  if (inputs === null || Object.keys(errors).length > 0) return { ok: false, errors }
  const changes = inputs.map((change) => ({ ...change, ...times }))
  return {
    ok: true,
    asked: {
      title: form.title,
      justification: form.justification,
      ticket: form.ticket,
      template: formOf(form.kind).templateOf?.(form.values) ?? null,
      continuesId: form.continuesId,
      replacesId: form.replacesId,
      changes,
    },
  }
}

/** When each change begins and ends; without endsAt, it has the usual end, which the server knows. */
function toTimes(form: Form, now: Date, fail: Fail): Pick<AskedChange, 'startsAt' | 'endsAt'> {
  const startsAt = isSaid(form.startsAt) ? toInstant(form.startsAt) : null
  if (isSaid(form.startsAt) && !startsAt)
    fail('startsAt', 'Say the day and the time, or leave both empty.')
  const endsAt = toEnd(form, startsAt ?? now, (words) => fail('endsAt', words))
  return {
    startsAt: startsAt?.toISOString() ?? null,
    ...(endsAt === undefined ? {} : { endsAt: endsAt?.toISOString() ?? null }),
  }
}

/** Undefined: the usual end, which the server knows; null: none. */
function toEnd(
  { kind, end }: Form,
  from: Date,
  fail: (words: string) => void,
): Date | null | undefined {
  if (findFormKind(kind)?.end === 'never' || end.is === 'none') return null
  if (end.is === 'usual') return undefined
  if (end.is === 'hours') return new Date(from.getTime() + end.hours * 3_600_000)
  const at = toInstant(end.at)
  if (!at) fail('Say the day and the time of its end.')
  return at
}

function requireSubject({ kind, keys, accountId, region, values }: Form, fail: Fail): void {
  if (findFormKind(kind)?.about === 'region') {
    if (accountId === '') fail('accountId', 'Choose an account.')
    if (region === '') fail('region', 'Choose a Region.')
  } else {
    if (keys.length === 0) fail('keys', 'Choose a key.')
    if (keys.length > mostKeys) fail('keys', `At most ${mostKeys} keys in one request.`)
    if (findFormKind(kind)?.oneKey && keys.length > 1)
      fail('keys', 'This is asked for at one key at a time.')
  }
  formOf(kind).requireMore?.(values, fail)
}

function toChanges({
  kind,
  keys,
  accountId,
  region,
  values,
}: Form): Omit<AskedChange, 'startsAt' | 'endsAt'>[] {
  if (findFormKind(kind)?.about === 'region')
    return [
      {
        kind,
        accountId,
        region,
        keyArn: null,
        input: formOf(kind).toInput(values, { partition: 'aws' }),
      },
    ]
  return keys.map((keyArn) => {
    const arn = parseArn(keyArn)
    return {
      kind,
      accountId: arn?.account ?? null,
      region: arn?.region ?? null,
      keyArn,
      input: formOf(kind).toInput(values, { partition: arn?.partition ?? 'aws' }),
    }
  })
}

type Issues = { issues: readonly { path: readonly PropertyKey[]; message: string }[] }
const hasIssues = (error: unknown): error is Issues =>
  typeof error === 'object' && error !== null && 'issues' in error && Array.isArray(error.issues)

/** A task says what is wrong by its own fields. */
function tryInput<T>(make: () => T, fail: Fail): T | null {
  try {
    return make()
  } catch (error) {
    if (!hasIssues(error)) throw error
    for (const { path, message } of error.issues)
      fail(['task', ...path.map(String)].join('.'), message)
    return null
  }
}
