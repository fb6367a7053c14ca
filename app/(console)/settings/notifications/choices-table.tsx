'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import Checkbox from '@cloudscape-design/components/checkbox'
import Header from '@cloudscape-design/components/header'
import Select from '@cloudscape-design/components/select'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { TableProps } from '@cloudscape-design/components/table'
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import { BoxTable } from '@/components/table/box-table'
import { eventWords, type NoticeEvent } from '@/lib/notify/events'
import type { EmailChoice, EventChoice } from '@/lib/notify/settings'
import type { NotificationView } from '@/lib/settings/notifications'
import { saveNotificationChoices } from './actions'
import { useTest } from './use-test'

const emailTexts: Record<EmailChoice, string> = {
  never: 'Never',
  action: 'To whom it needs something from',
  always: 'To everyone it concerns',
}
const emailOptions = (['never', 'action', 'always'] as const).map((value) => ({
  value,
  label: emailTexts[value],
}))

type Row = { event: NoticeEvent; choice: EventChoice }
type Props = { settings: NotificationView; mayManage: boolean }

/**
 * Per event: the bell, and when an e-mail. Saved together; shown anew (by its key) when the
 * settings have another version.
 */
export function ChoicesTable({ settings, mayManage }: Props) {
  const router = useRouter()
  const flash = useFlash()
  const [edited, setEdited] = useState<Partial<Record<NoticeEvent, EventChoice>>>({})
  const [isSaving, startSaving] = useTransition()
  const rows: Row[] = settings.choices.map(({ event, choice }) => ({
    event,
    choice: edited[event] ?? choice,
  }))
  const edit = (event: NoticeEvent, choice: EventChoice) =>
    setEdited({ ...edited, [event]: choice })
  const save = () =>
    startSaving(async () => {
      const result = await saveNotificationChoices({ version: settings.version, choices: edited })
      if (!result.ok) return flash.failure(result.error)
      flash.success('Saved. It holds for what happens from now on.')
      router.refresh()
    })
  const hasEdits = Object.keys(edited).length > 0
  return (
    <SpaceBetween size="s">
      {settings.mailFrom === null && (
        <Alert type="info">
          No e-mail is sent: the operator has set no mail server (SMTP_URL). The bell works without
          one.
        </Alert>
      )}
      <BoxTable
        variant="container"
        trackBy="event"
        items={rows}
        header={
          <Header
            variant="h2"
            description={
              'The bell is for whom it concerns. What needs nothing from anybody writes no ' +
              'e-mail unless it is chosen ' +
              `here.${settings.mailFrom === null ? '' : ` E-mail comes from ${settings.mailFrom}.`}`
            }
            actions={
              mayManage && (
                <SpaceBetween direction="horizontal" size="xs">
                  <TestEmail mailFrom={settings.mailFrom} />
                  <Button variant="primary" disabled={!hasEdits} loading={isSaving} onClick={save}>
                    Save
                  </Button>
                </SpaceBetween>
              )
            }
          >
            What people are told
          </Header>
        }
        columnDefinitions={columns(mayManage, edit)}
      />
    </SpaceBetween>
  )
}

function TestEmail({ mailFrom }: Pick<NotificationView, 'mailFrom'>) {
  const { test, isTesting } = useTest()
  return (
    <Button disabled={mailFrom === null} loading={isTesting(null)} onClick={() => test(null)}>
      Send me a test e-mail
    </Button>
  )
}

const columns = (
  mayManage: boolean,
  edit: (event: NoticeEvent, choice: EventChoice) => void,
): TableProps.ColumnDefinition<Row>[] => [
  {
    id: 'event',
    header: 'When',
    isRowHeader: true,
    minWidth: 200,
    cell: ({ event }) => eventWords[event],
  },
  {
    id: 'bell',
    header: 'Under the bell',
    minWidth: 120,
    cell: ({ event, choice }) => (
      <Checkbox
        ariaLabel={`Under the bell: ${eventWords[event]}`}
        disabled={!mayManage}
        checked={choice.bell}
        onChange={({ detail }) => edit(event, { ...choice, bell: detail.checked })}
      />
    ),
  },
  {
    id: 'email',
    header: 'By e-mail',
    minWidth: 260,
    cell: ({ event, choice }) => (
      <Select
        ariaLabel={`By e-mail: ${eventWords[event]}`}
        disabled={!mayManage}
        options={emailOptions}
        selectedOption={emailOptions.find(({ value }) => value === choice.email) ?? null}
        onChange={({ detail }) =>
          edit(event, {
            ...choice,
            email:
              emailOptions.find(({ value }) => value === detail.selectedOption.value)?.value ??
              choice.email,
          })
        }
      />
    ),
  },
]
