'use client'

import KeyValuePairs, {
  type KeyValuePairsProps,
} from '@cloudscape-design/components/key-value-pairs'
import Link from '@cloudscape-design/components/link'
import { RiskLabel } from '@/components/change/labels'
import { AccountLabel } from '@/components/value/account-label'
import { Countdown, Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import { beforeEnd } from '@/lib/change-status'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { usePrinting } from '../fold'
import { keyPathOf } from '@/lib/kms/arn'

/** What is to be changed where, from when to when. */
export function ChangeFacts({ change, breakGlass }: { change: ChangeDetail; breakGlass: boolean }) {
  const isPrinting = usePrinting()
  const { accountId, accountName, region, keyArn, keyLabel, kindLabel, risk } = change
  const place = accountId ? (
    <AccountLabel account={{ id: accountId, name: accountName ?? accountId }} />
  ) : (
    'This installation of Claviger'
  )
  const items: KeyValuePairsProps.Item[] = [
    { label: 'Kind of change', value: kindLabel },
    { label: 'Risk', value: <RiskLabel risk={risk} /> },
    { label: 'Account', value: place },
    ...(region ? [{ label: 'Region', value: region }] : []),
    ...(keyArn
      ? [
          {
            label: 'Key',
            value: (
              <>
                <Link href={keyPathOf(keyArn) ?? undefined}>
                  {keyLabel?.replace(/^alias\//, '') ?? keyArn}
                </Link>
                <br />
                <Identifier text={keyArn} most={isPrinting ? undefined : 48} />
              </>
            ),
          },
        ]
      : []),
    {
      label: 'Begins',
      value: change.startsAt ? (
        <Instant at={change.startsAt} />
      ) : breakGlass ? (
        'At once, without approval'
      ) : (
        'As soon as it is approved'
      ),
    },
    { label: 'Ends', value: <End change={change} /> },
  ]
  return <KeyValuePairs columns={3} minColumnWidth={200} items={items} />
}

function End({
  change: { endsAt, endAskedAt, endAskedBy, endAskedWhy, status },
}: {
  change: ChangeDetail
}) {
  if (endAskedAt)
    return (
      <>
        Ended early by {endAskedBy ?? 'somebody'}: <Instant at={endAskedAt} />
        {endAskedWhy && (
          <>
            <br />
            <span className="claviger-said">{endAskedWhy}</span>
          </>
        )}
      </>
    )
  if (!endsAt) return <>Has no end</>
  const isAhead = beforeEnd.includes(status)
  return (
    <>
      <Instant at={endsAt} isBare={isAhead} />
      {isAhead && (
        <>
          <br />
          <Countdown at={endsAt} over="now: it is about to be undone" />
        </>
      )}
    </>
  )
}
