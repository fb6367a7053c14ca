'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import DatePicker from '@cloudscape-design/components/date-picker'
import Header from '@cloudscape-design/components/header'
import RadioGroup, { type RadioGroupProps } from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import TimeInput from '@cloudscape-design/components/time-input'
import { useSyncExternalStore } from 'react'
import { utcTime } from '@/components/value/relative-time'
import { nameHours } from './hours'
import { Field } from './field'
import { useRequestForm, type Around } from './form-context'
import { findFormKind } from './kinds/list'
import { toInstant } from './to-asked'
import type { DayTime, Form } from './values'
import { accountOfArn } from '@/lib/kms/arn'

const day = 24
const quick = [day, 7 * day, 30 * day]

/** When it begins and when it is over. */
export function TimeFields() {
  const { form, change } = useRequestForm()
  const kind = findFormKind(form.kind)
  if (!kind) return null
  return (
    <Container header={<Header variant="h2">When</Header>}>
      <SpaceBetween size="m">
        {kind.end === 'never' ? (
          <Box color="text-body-secondary">
            This has no end of its own: it is not undone by time. What can be undone is undone by
            another request.
          </Box>
        ) : (
          <EndField />
        )}
        <Field
          label="Not before"
          at={['startsAt']}
          optional
          description="Empty: as soon as it is approved."
          below={
            <DayTimeInputs
              value={form.startsAt}
              onChange={(startsAt) => change({ startsAt })}
              what="of its beginning"
            />
          }
        />
      </SpaceBetween>
    </Container>
  )
}

/** Where the asker may leave the end out: in every account that the form is about. */
function mayGoWithout(
  { keys, accountId }: Pick<Form, 'keys' | 'accountId'>,
  { withoutEnd }: Pick<Around, 'withoutEnd'>,
): boolean {
  if (!withoutEnd) return false
  const accounts = keys.length > 0 ? keys.map(accountOfArn) : [accountId]
  return withoutEnd.all || accounts.every((id) => withoutEnd.accountIds.includes(id))
}

function EndField() {
  const { form, around, change } = useRequestForm()
  const kind = findFormKind(form.kind)
  const mustEnd = kind?.end === 'default'
  const mayStay = !mustEnd || mayGoWithout(form, around)
  const { end } = form
  const choose = (value: string) =>
    change({
      end: /^\d+$/.test(value)
        ? { ...end, is: 'hours', hours: Number(value) }
        : { ...end, is: value === 'at' || value === 'none' ? value : 'usual' },
    })
  return (
    <SpaceBetween size="s">
      <Field label={mustEnd ? 'End' : 'Put back'} at={['endsAt']} description={kind?.atEnd}>
        <RadioGroup
          ariaLabel={mustEnd ? 'End' : 'Put back'}
          value={end.is === 'hours' ? String(end.hours) : end.is}
          onChange={({ detail }) => choose(detail.value)}
          items={choices({ mustEnd, mayStay, usualHours: around.usualHours })}
        />
      </Field>
      {end.is === 'at' && (
        <Field
          label="Day and time of its end"
          at={[]}
          below={
            <DayTimeInputs
              value={end.at}
              onChange={(at) => change({ end: { ...end, at } })}
              what="of its end"
            />
          }
        />
      )}
      {mustEnd && !mayStay && (
        <Box variant="small">
          Without an end it takes the permission requests.withoutEnd in the account; key
          administrators hold it.
        </Box>
      )}
      {mustEnd && end.is === 'none' && (
        <Alert type="warning" header="Nobody takes this back by itself">
          Whoever is given access here keeps it until somebody asks to end it. Approvers see that it
          has no end.
        </Alert>
      )}
      <WhenItEnds />
    </SpaceBetween>
  )
}

type Choice = { mustEnd: boolean; mayStay: boolean; usualHours: number }

function choices({
  mustEnd,
  mayStay,
  usualHours,
}: Choice): RadioGroupProps.RadioButtonDefinition[] {
  const stay = {
    value: 'none',
    label: mustEnd ? 'Without an end' : 'Never: it stays as it is until somebody changes it',
  }
  return [
    ...(mustEnd
      ? [{ value: 'usual', label: `After ${nameHours(usualHours)}, the usual time here` }]
      : mayStay
        ? [stay]
        : []),
    ...quick
      .filter((hours) => !mustEnd || hours !== usualHours)
      .map((hours) => ({ value: String(hours), label: `After ${nameHours(hours)}` })),
    { value: 'at', label: 'At a day and time' },
    ...(mustEnd && mayStay ? [stay] : []),
  ]
}

/** Reckoned by the database's clock, as the server will. */
function WhenItEnds() {
  const {
    form: { end, startsAt },
    around,
  } = useRequestForm()
  const now = useDatabaseClock()
  if (end.is === 'none' || now === null) return null
  const from = toInstant(startsAt) ?? now
  const at =
    end.is === 'at'
      ? toInstant(end.at)
      : new Date(
          (end.is === 'usual' ? now : from).getTime() +
            (end.is === 'usual' ? around.usualHours : end.hours) * 3_600_000,
        )
  if (!at) return null
  const counted =
    end.is === 'at'
      ? ''
      : end.is === 'usual' || from === now
        ? ', counted from when you preview it'
        : ', counted from its beginning'
  return (
    <Box color="text-body-secondary">
      <span role="status">
        Over at {utcTime(at.toISOString())}, {at.toLocaleString()} here{counted}.
      </span>
    </Box>
  )
}

const subscribe = (changed: () => void) => {
  const timer = setInterval(changed, 30_000)
  return () => clearInterval(timer)
}
const readHalfMinute = () => Math.floor(Date.now() / 30_000) * 30_000

/** The database's clock to half a minute; null on the server, which does not know the reader's. */
function useDatabaseClock(): Date | null {
  const { skewMs } = useRequestForm().around
  const here = useSyncExternalStore<number | null>(subscribe, readHalfMinute, () => null)
  return here === null ? null : new Date(here + skewMs)
}

function DayTimeInputs({
  value,
  onChange,
  what,
}: {
  value: DayTime
  onChange: (value: DayTime) => void
  what: string
}) {
  const at = toInstant(value)
  return (
    <SpaceBetween size="xxs">
      <SpaceBetween direction="horizontal" size="xs">
        <DatePicker
          ariaLabel={`Day ${what}`}
          openCalendarAriaLabel={() => `Choose the day ${what}`}
          value={value.day}
          placeholder="YYYY-MM-DD"
          format="iso"
          onChange={({ detail }) => onChange({ time: value.time || '09:00', day: detail.value })}
        />
        <TimeInput
          ariaLabel={`Time ${what}, hours and minutes`}
          format="hh:mm"
          placeholder="hh:mm"
          value={value.time}
          onChange={({ detail }) => onChange({ ...value, time: detail.value })}
        />
      </SpaceBetween>
      {at && (
        <Box variant="small">
          By this computer’s clock; in UTC it is {utcTime(at.toISOString())}.
        </Box>
      )}
    </SpaceBetween>
  )
}
