'use client'

import Button from '@cloudscape-design/components/button'
import Header from '@cloudscape-design/components/header'
import { useFrame } from '@/components/shell/page-frame'
import { GapsTable, type Gap } from '../gaps-table'

type Props = { gaps: Gap[]; total: number; api: string | null; deniedOnly: boolean }

/** What a number of unread facts counts, wherever it stands: the rows themselves. */
export function GapsView({ gaps, total, api, deniedOnly }: Props) {
  const title = deniedOnly ? 'Access-denied reads' : 'Coverage gaps'
  useFrame({
    breadcrumbs: [
      { text: 'Accounts', href: '/accounts' },
      { text: title, href: '/accounts/coverage' },
    ],
  })
  return (
    <GapsTable
      variant="full-page"
      withAccount
      gaps={gaps}
      empty={
        total === 0
          ? 'Everything that was asked was answered.'
          : 'No gap matches. It might have been closed meanwhile.'
      }
      header={
        <Header
          variant="h1"
          counter={`(${gaps.length})`}
          description={`${api ?? 'APIs'} denied or failed, by account and Region. These facts are unknown.`}
          actions={
            gaps.length < total && <Button href="/accounts/coverage">Show all {total}</Button>
          }
        >
          {title}
        </Header>
      }
    />
  )
}
