'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Link from '@cloudscape-design/components/link'
import { Moment } from '@/components/value/moment'
import type { Gap, TableCoverage } from '@/lib/inventory/table/coverage'
import { own } from '@/lib/own'

const words: Readonly<Record<string, string>> = {
  denied: 'was denied',
  throttled: 'was throttled',
  unsupported: 'does not exist',
  failed: 'failed',
}

/** How an API fell short, as the predicate of a sentence. */
function wordsOf({ status, keysDenied, keysFailed }: Gap): string {
  if (status !== 'partial') return own(words, status) ?? status
  const keys = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'key' : 'keys'}`
  const parts = [
    keysDenied > 0 && `was denied for ${keys(keysDenied)}`,
    keysFailed > 0 && `failed for ${keys(keysFailed)}`,
  ].filter(Boolean)
  return parts.join(' and ') || 'was incomplete'
}

const places = (count: number) =>
  `${count} ${count === 1 ? 'place' : 'places'} (account and Region)`

/**
 * What this table cannot know and from where, and how old it is; nothing when all could be read.
 */
export function CoverageNotice({ coverage }: { coverage: TableCoverage }) {
  const { gaps, unlisted, neverSwept, stale, oldestSweepAt } = coverage
  if (gaps.length === 0 && unlisted === 0 && neverSwept === 0 && !stale) return null
  const details = (
    <ul>
      {gaps.map((gap) => (
        <li key={`${gap.api} ${gap.status}`}>
          <GapLine gap={gap} />
        </li>
      ))}
    </ul>
  )
  // Gaps stay for as long as a role does: they take one line from the table below.
  if (unlisted === 0 && neverSwept === 0 && !stale)
    return (
      <Alert type="info">
        <ExpandableSection headerText={headline(coverage)}>{details}</ExpandableSection>
      </Alert>
    )
  return (
    <Alert type={stale || unlisted > 0 ? 'warning' : 'info'} header={headline(coverage)}>
      {stale && (
        <Box variant="p">
          The keys synced longest ago are from <Moment at={oldestSweepAt} />.{' '}
          <Link href="/accounts">See the syncs</Link>
        </Box>
      )}
      {unlisted > 0 && (
        <Box variant="p">
          The list of keys has not been read to its end in {places(unlisted)}; keys might be missing
          here. <Link href="/accounts">See progress</Link>
        </Box>
      )}
      {neverSwept > 0 && (
        <Box variant="p">
          The first sync of {places(neverSwept)} is in progress; what it has not read yet is shown
          as unknown. <Link href="/accounts">See progress</Link>
        </Box>
      )}
      {gaps.length > 0 && (
        <ExpandableSection headerText="What could not be read">{details}</ExpandableSection>
      )}
    </Alert>
  )
}

function GapLine({ gap }: { gap: Gap }) {
  const { api, status } = gap
  return (
    <>
      {api} {wordsOf(gap)} in{' '}
      <Link href={`/accounts/coverage?${new URLSearchParams({ api, status })}`}>
        {places(gap.places)}
      </Link>
      : {namesOf(gap.accounts)}
      {gap.detail && (
        <Box variant="small" display="block">
          {gap.detail}
        </Box>
      )}
    </>
  )
}

function headline({ gaps, stale, unlisted }: TableCoverage): string {
  if (unlisted > 0) return `Keys might be missing from ${places(unlisted)}`
  if (stale) return 'Some of this data is old'
  if (gaps.length === 0) return 'The first sync is not finished'
  const accounts = new Set(gaps.flatMap((gap) => gap.accounts.map(({ id }) => id))).size
  return (
    `Some facts could not be read from ${accounts} ` +
    `${accounts === 1 ? 'account' : 'accounts'}; they are shown as unknown`
  )
}

const namesOf = (accounts: Gap['accounts']) =>
  accounts
    .slice(0, 5)
    .map(({ name, id }) => `${name} (${id})`)
    .join(', ') + (accounts.length > 5 ? ` and ${accounts.length - 5} more` : '')
