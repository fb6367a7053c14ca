'use client'

import Link from '@cloudscape-design/components/link'
import type { SessionList } from '@/lib/settings/sessions'
import { endSession } from '../actions'
import { SessionsTable } from '../sessions-table'
import { SettingsFrame } from '../settings-frame'

type Props = SessionList & { ofOne: boolean; mayManage: boolean }

export function SessionsView({ sessions, total, ofOne, mayManage }: Props) {
  return (
    <SettingsFrame tab="sessions">
      <SessionsTable
        sessions={sessions}
        total={total}
        title={ofOne ? 'Sessions of one person' : 'Sessions'}
        description={
          'Each ends by itself twelve hours after sign-in. One that is ended here is over ' +
          'with its next request.'
        }
        actions={ofOne && <Link href="/settings/sessions">Sessions of everybody</Link>}
        showsPerson
        end={mayManage ? endSession : undefined}
      />
    </SettingsFrame>
  )
}
