'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Link from '@cloudscape-design/components/link'
import { Moment } from '@/components/value/moment'
import { own } from '@/lib/own'

type Gap = { api: string; status: string; detail: string | null; places: number; accounts: { id: string; name: string }[] }
type Coverage = { gaps: readonly Gap[]; accounts: number; neverSwept: number; oldestSweepAt: string | null; stale: boolean }

const words: Readonly<Record<string, string>> = { denied: 'was denied', throttled: 'was throttled', unsupported: 'does not exist there', failed: 'failed' }

/** What this table cannot know and from where, and how old it is; nothing when all could be read. */
export function CoverageNotice({ coverage }: { coverage: Coverage }) {
  const { gaps, neverSwept, stale, oldestSweepAt } = coverage
  if (gaps.length === 0 && neverSwept === 0 && !stale) return null
  const accounts = new Set(gaps.flatMap((gap) => gap.accounts.map(({ id }) => id)))
  return (
    <Alert type={stale ? 'warning' : 'info'} header={headline(coverage, accounts.size)}>
      {stale && oldestSweepAt && <Box variant="p">The keys swept longest ago are from <Moment at={oldestSweepAt} />. <Link href="/accounts">See the sweeps</Link></Box>}
      {neverSwept > 0 && <Box variant="p">{neverSwept} {neverSwept === 1 ? 'place (an account and Region) has' : 'places (account and Region) have'} not been swept yet; their keys are missing here. <Link href="/accounts">See progress</Link></Box>}
      {gaps.length > 0 && (
        <ExpandableSection headerText="What could not be read">
          <ul>
            {gaps.map((gap) => (
              <li key={`${gap.api} ${gap.status}`}>
                <Link href="/accounts">{gap.api}</Link> {own(words, gap.status) ?? gap.status} in {gap.places} {gap.places === 1 ? 'place' : 'places'}: {namesOf(gap.accounts)}
                {gap.detail && <Box variant="small" display="block">{gap.detail}</Box>}
              </li>
            ))}
          </ul>
        </ExpandableSection>
      )}
    </Alert>
  )
}

function headline({ gaps, stale, neverSwept }: Coverage, accounts: number): string {
  if (stale) return 'Some of this is old'
  if (gaps.length > 0) return `Some facts could not be read from ${accounts} ${accounts === 1 ? 'account' : 'accounts'}; they are shown as unknown`
  return neverSwept > 0 ? 'The first sweep is not finished' : ''
}

const namesOf = (accounts: Gap['accounts']) =>
  accounts.slice(0, 5).map(({ name, id }) => `${name} (${id})`).join(', ') + (accounts.length > 5 ? ` and ${accounts.length - 5} more` : '')
