'use client'

import Box from '@cloudscape-design/components/box'
import Link from '@cloudscape-design/components/link'
import SegmentedControl from '@cloudscape-design/components/segmented-control'
import SpaceBetween from '@cloudscape-design/components/space-between'
import Spinner from '@cloudscape-design/components/spinner'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { CountsChart } from '@/components/chart/counts-chart'
import { ReadFailed } from '@/components/failure/read-failed'
import { readJson } from '@/components/shell/read-json'
import { CoverageOfPeriod, sayNothing } from '@/components/trail/coverage-of-period'
import { nameApart } from '@/components/trail/name-apart'
import { PeriodField } from '@/components/trail/period-field'
import type { KeyRow } from '@/lib/inventory/key-detail'
import { keyPath } from '@/lib/kms/arn'
import { hrefOfEvents } from '@/lib/trail/usage/links'
import type { KeyUsage } from '@/lib/trail/usage/key-usage'
import { UsageFacts } from './usage-facts'
import { Networks, PartsOfUsage, Users } from './usage-tables'
import { useUsageState, type Division } from './use-usage-state'

/** Who uses this key, for what and from where, and what the trail could not see of it. */
export function UsageView({ of: key }: { of: KeyRow }) {
  const { state, change } = useUsageState()
  const url = `/api${keyPath(key)}/usage?days=${state.days}`
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => readJson<KeyUsage>(url, signal),
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (error)
    return (
      <ReadFailed
        header="Usage could not be read"
        message={error.message}
        isRetrying={isFetching}
        onRetry={() => void refetch()}
      />
    )
  return (
    <SpaceBetween size="l">
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        <PeriodField days={state.days} onChange={(days) => change({ days })} />
        {isFetching && <Spinner />}
      </SpaceBetween>
      {data && (
        <Usage of={key} usage={data} by={state.by} onDivide={(by) => change({ by }, 'replace')} />
      )}
    </SpaceBetween>
  )
}

type Props = { of: KeyRow; usage: KeyUsage; by: Division; onDivide(by: Division): void }

function Usage({ of: key, usage, by, onDivide }: Props) {
  const { window, waitingHours } = usage
  return (
    <SpaceBetween size="l">
      <CoverageOfPeriod window={window} waitingHours={waitingHours} />
      <UsageFacts of={key} usage={usage} />
      <CallsOverTime of={key} usage={usage} by={by} onDivide={onDivide} />
      <Users of={key} usage={usage} />
      {usage.users.total > 0 && <Divided of={key} usage={usage} />}
    </SpaceBetween>
  )
}

/** What the calls divide into. */
function Divided({ of: key, usage }: Pick<Props, 'of' | 'usage'>) {
  const here = { callsOf: key, since: usage.from }
  return (
    <SpaceBetween size="l">
      <PartsOfUsage
        title="Operations"
        parts={usage.operations}
        hrefOf={({ value }) => hrefOfEvents({ ...here, operation: value })}
      />
      <PartsOfUsage
        title="Through services"
        description="The AWS service that called KMS for the principal"
        parts={usage.services}
        hrefOf={({ value }) => hrefOfEvents({ ...here, via: value })}
      />
      <PartsOfUsage
        title="For resources"
        description="As encryption contexts name them; a call without one names none"
        parts={usage.resources}
        hrefOf={({ value }) => hrefOfEvents({ ...here, resource: value })}
      />
      <Networks of={key} usage={usage} />
    </SpaceBetween>
  )
}

function CallsOverTime({ of: key, usage, by, onDivide }: Props) {
  const counts = by === 'operation' ? usage.byOperation : usage.byPrincipal
  const nameOf = nameApart(usage.byPrincipal.series.flatMap(({ id }) => id ?? []))
  return (
    <CountsChart
      counts={counts}
      title="Calls over time"
      description={
        <>
          Calls with this key that CloudTrail recorded, refused ones too.{' '}
          <Link href={hrefOfEvents({ callsOf: key, since: usage.from })}>All of them</Link>
        </>
      }
      titleOf={(id) => (id === null ? 'Others' : by === 'operation' ? id : nameOf(id))}
      actions={
        <SegmentedControl
          label="Divide calls by"
          selectedId={by}
          onChange={({ detail }) =>
            onDivide(detail.selectedId === 'principal' ? 'principal' : 'operation')
          }
          options={[
            { id: 'operation', text: 'By operation' },
            { id: 'principal', text: 'By principal' },
          ]}
        />
      }
      nothing={<Box textAlign="center">{sayNothing(usage.window)}</Box>}
      gap="Where no source read anything there is a gap: how often it was called then is unknown."
    />
  )
}
