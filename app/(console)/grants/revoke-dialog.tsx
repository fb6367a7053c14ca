'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Link from '@cloudscape-design/components/link'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { Identifier } from '@/components/value/identifier'
import type { GrantsRow } from '@/lib/grants/row'
import { askRevocation } from './actions'
import { AskDialog, TicketField, useAsking } from './ask-dialog'
import { granteeOf, keyNameOf } from './grant-names'
import { endsAnyway } from './grant-reason'

const most = 8
const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

type Grants = readonly GrantsRow[]

/**
 * Asks for these grants to be revoked. What a request of ours ends already is left out, and said.
 */
export function RevokeDialog({ grants, onClose }: { grants: Grants; onClose(): void }) {
  const others = grants.filter(endsAnyway)
  const asked = grants.filter((row) => !endsAnyway(row))
  const live = asked.filter((row) => row.issuerClass === 'awsService')
  const { form, change, wrong, refused, ...asking } = useRevocation(asked)
  return (
    <AskDialog
      title={`Request revocation of ${count(asked.length, 'grant')}`}
      button="Prepare the request"
      disabled={asked.length === 0}
      isSending={asking.isSending}
      failure={asking.failure}
      about={refused && `${granteeOf(refused)} on ${keyNameOf(refused)}`}
      onAsk={asking.send}
      onClose={onClose}
    >
      <Box variant="p">
        A draft is made: it shows what each revocation means and who can approve it. Nothing is sent
        to AWS before it is approved. A grant cannot be brought back: making it again is a new one.
      </Box>
      {live.length > 0 && (
        <Alert type="warning" header={`${count(live.length, 'grant')} of AWS services`}>
          A service holds such a grant for a resource in use, such as a volume, a database or a
          table. Revoking it can make the resource unreadable at once; the service retires it by
          itself when the resource is gone.
        </Alert>
      )}
      {others.length > 0 && <LeftOut grants={others} />}
      <ToBeRevoked grants={asked} />
      <FormField label="Why" errorText={wrong('justification')}>
        <Textarea
          value={form.justification}
          onChange={({ detail }) => change({ justification: detail.value })}
          rows={3}
        />
      </FormField>
      <TicketField
        value={form.ticket}
        error={wrong('ticket')}
        onChange={(ticket) => change({ ticket })}
      />
    </AskDialog>
  )
}

type Form = { justification: string; ticket: string }

/** What is typed about the grants, and the way to ask for them; `refused` is one of them. */
function useRevocation(grants: Grants) {
  const { ask, ...asking } = useAsking()
  const [form, setForm] = useState<Form>({ justification: '', ticket: '' })
  const send = () =>
    ask(() =>
      askRevocation({
        grants: grants.map(({ accountId, region, keyArn, grantId }) => ({
          accountId,
          region,
          keyArn,
          grantId,
        })),
        ...form,
      }),
    )
  const [field = ''] = Object.keys(asking.failure?.fields ?? {})
  const refused = grants[Number(/^changes\.(\d+)\./.exec(field)?.[1])]
  const change = (changed: Partial<Form>) => setForm((typed) => ({ ...typed, ...changed }))
  return { ...asking, form, change, send, refused }
}

function LeftOut({ grants }: { grants: Grants }) {
  return (
    <Alert type="info" header={`Left out: ${count(grants.length, 'grant')} that a request ends`}>
      {grants.map((row) => (
        <div key={`${row.keyArn} ${row.grantId}`}>
          {granteeOf(row)}: <EndsIn row={row} />
        </div>
      ))}
    </Alert>
  )
}

function ToBeRevoked({ grants }: { grants: Grants }) {
  return (
    <ul className="claviger-overview-lines" aria-label="Grants to be revoked">
      {grants.slice(0, most).map((row) => (
        <li key={`${row.keyArn} ${row.grantId}`}>
          <Identifier text={granteeOf(row)} most={52} /> on {keyNameOf(row)} in {row.accountName},{' '}
          {row.region}: {row.operations.join(', ')}
        </li>
      ))}
      {grants.length > most && <li>and {count(grants.length - most, 'more grant')}</li>}
    </ul>
  )
}

function EndsIn({ row: { cause, ending } }: { row: GrantsRow }) {
  if (ending)
    return (
      <Link href={`/requests/${ending.requestId}`}>revocation asked for in R-{ending.number}</Link>
    )
  return (
    cause && <Link href={`/requests/${cause.requestId}`}>R-{cause.number}, where “End now” is</Link>
  )
}
