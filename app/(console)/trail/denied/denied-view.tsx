'use client'

import Box from '@cloudscape-design/components/box'
import Header from '@cloudscape-design/components/header'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { useState } from 'react'
import { Reasons, type Asked } from '@/components/access/reasons'
import { ReadFailed } from '@/components/failure/read-failed'
import { useFrame } from '@/components/shell/page-frame'
import { BoxTable } from '@/components/table/box-table'
import { Pages } from '@/components/table/pages'
import { WaitingHours } from '@/components/trail/coverage-of-period'
import { PeriodField } from '@/components/trail/period-field'
import { keyPathOf } from '@/lib/kms/arn'
import type { DeniedCalls, DeniedGroup } from '@/lib/trail/usage/denied'
import { columnsOf } from './denied-columns'
import { useChangesBefore, useDenied, useDeniedState, useVerdicts } from './use-denied'

const crumbs = [
  { text: 'Trail', href: '/trail' },
  { text: 'Denied calls', href: '/trail/denied' },
]
const pageSize = 20

/** Who was refused, on which key and since when, and what stands in the way now. */
export function DeniedView() {
  useFrame({ breadcrumbs: crumbs, contentType: 'table' })
  const { state, change } = useDeniedState()
  const { data, error, isFetching, refetch } = useDenied(state.days)
  return (
    <SpaceBetween size="l">
      <Header
        variant="h1"
        description={
          'Calls of AWS KMS that were refused, by principal, key and operation, the last refused ' +
          'first. CloudTrail records a refused call of another account in that account alone.'
        }
      >
        Denied calls
      </Header>
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <PeriodField days={state.days} onChange={(days) => change({ days, page: 1 })} />
        {isFetching && <Spinner />}
      </SpaceBetween>
      {error ? (
        <ReadFailed
          header="Denied calls could not be read"
          message={error.message}
          isRetrying={isFetching}
          onRetry={() => void refetch()}
        />
      ) : (
        data && (
          <SpaceBetween size="l">
            <WaitingHours hours={data.waitingHours} />
            <Groups denied={data} page={state.page} onPage={(page) => change({ page })} />
          </SpaceBetween>
        )
      )}
    </SpaceBetween>
  )
}

type Props = { denied: DeniedCalls; page: number; onPage(page: number): void }

function Groups({ denied, page, onPage }: Props) {
  const { rows, total, calls, from } = denied
  const pages = Math.max(1, Math.ceil(rows.length / pageSize))
  const at = Math.min(page, pages)
  const shown = rows.slice((at - 1) * pageSize, at * pageSize)
  const [asked, setAsked] = useState<{ row: DeniedGroup; why: Asked } | null>(null)
  const answers = { verdicts: useVerdicts(shown), changes: useChangesBefore(shown) }
  const keyArn = asked?.row.key ?? ''
  return (
    <>
      <BoxTable<DeniedGroup>
        variant="container"
        isDense
        items={shown}
        trackBy={({ principal, key, operation, account, region, kind }) =>
          [principal, kind, key, operation, account, region].join(' ')
        }
        ariaLabels={{ tableLabel: 'Denied calls' }}
        header={
          <Header
            variant="h2"
            counter={`(${total.toLocaleString('en')})`}
            description={
              `${calls.toLocaleString('en')} refused calls in this period` +
              (total > rows.length ? `; the last ${rows.length} groups are shown` : '')
            }
          >
            Refused
          </Header>
        }
        empty={
          <Box textAlign="center">
            No refused calls are in the trail for this period. Hours that no source read are
            unknown.
          </Box>
        }
        pagination={
          pages > 1 && <Pages of="denied calls" page={at} pages={pages} onChange={onPage} />
        }
        columnDefinitions={columnsOf(from, answers, (row, why) => setAsked({ row, why }))}
      />
      <Reasons
        keyHref={keyPathOf(keyArn) ?? ''}
        keyArn={keyArn}
        asked={asked?.why ?? null}
        onClose={() => setAsked(null)}
      />
    </>
  )
}
