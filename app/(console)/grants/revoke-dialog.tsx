'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import FormField from '@cloudscape-design/components/form-field'
import Input from '@cloudscape-design/components/input'
import Link from '@cloudscape-design/components/link'
import Textarea from '@cloudscape-design/components/textarea'
import { useState } from 'react'
import { Identifier } from '@/components/value/identifier'
import type { GrantsRow } from '@/lib/grants/row'
import { askRevocation } from './actions'
import { AskDialog, useAsking } from './ask-dialog'
import { endsAnyway } from './grant-reason'

const most = 8
export const granteeOf = (row: GrantsRow): string =>
  row.granteePrincipal ?? row.granteeServicePrincipal ?? 'an unknown grantee'
const nameOf = (row: GrantsRow): string => row.alias?.replace(/^alias\//, '') ?? row.keyId
const count = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`

/**
 * Asks for these grants to be revoked. What a request of ours ends already is left out, and said.
 */
export function RevokeDialog({
  grants,
  onClose,
}: {
  grants: readonly GrantsRow[]
  onClose(): void
}) {
  const asking = useAsking()
  const [justification, setJustification] = useState('')
  const [ticket, setTicket] = useState('')
  const others = grants.filter(endsAnyway)
  const asked = grants.filter((row) => !endsAnyway(row))
  const live = asked.filter((row) => row.issuerClass === 'awsService')
  const refused =
    asked[Number(/^changes\.(\d+)\./.exec(Object.keys(asking.failure?.fields ?? {})[0] ?? '')?.[1])]
  const send = () =>
    asking.ask(() =>
      askRevocation({
        grants: asked.map(({ accountId, region, keyArn, grantId }) => ({
          accountId,
          region,
          keyArn,
          grantId,
        })),
        justification,
        ticket,
      }),
    )
  return (
    <AskDialog
      title={`Request revocation of ${count(asked.length, 'grant')}`}
      button="Prepare the request"
      disabled={asked.length === 0}
      isSending={asking.isSending}
      failure={asking.failure}
      about={refused && `${granteeOf(refused)} on ${nameOf(refused)}`}
      onAsk={send}
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
      {others.length > 0 && (
        <Alert
          type="info"
          header={`Left out: ${count(others.length, 'grant')} that a request ends`}
        >
          {others.map((row) => (
            <div key={`${row.keyArn} ${row.grantId}`}>
              {granteeOf(row)}: <EndsIn row={row} />
            </div>
          ))}
        </Alert>
      )}
      <ul className="claviger-overview-lines" aria-label="Grants to be revoked">
        {asked.slice(0, most).map((row) => (
          <li key={`${row.keyArn} ${row.grantId}`}>
            <Identifier text={granteeOf(row)} most={52} /> on {nameOf(row)} in {row.accountName},{' '}
            {row.region}: {row.operations.join(', ')}
          </li>
        ))}
        {asked.length > most && <li>and {count(asked.length - most, 'more grant')}</li>}
      </ul>
      <FormField label="Why" errorText={asking.wrong('justification')}>
        <Textarea
          value={justification}
          onChange={({ detail }) => setJustification(detail.value)}
          rows={3}
        />
      </FormField>
      <FormField
        label={
          <>
            Ticket <i>- optional</i>
          </>
        }
        errorText={asking.wrong('ticket')}
      >
        <Input value={ticket} onChange={({ detail }) => setTicket(detail.value)} />
      </FormField>
    </AskDialog>
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
