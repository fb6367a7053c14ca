'use client'

import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useState } from 'react'
import type { GrantsRow } from '@/lib/grants/row'
import { AdoptDialog } from './adopt-dialog'
import { reachesAccount } from '@/lib/auth/permissions'
import type { Asking } from './asking'
import { endsAnyway, isOurs } from './grant-reason'
import { RevokeDialog } from './revoke-dialog'

/** What can be asked for about the chosen grants. */
export function GrantActs({
  chosen,
  asking,
}: {
  chosen: readonly GrantsRow[]
  asking: NonNullable<Asking>
}) {
  const [open, setOpen] = useState<'revoke' | 'adopt' | null>(null)
  const [only] = chosen
  const mayAdopt = chosen.length === 1 && only !== undefined && !isOurs(only)
  const canRevoke = !chosen.every(endsAnyway)
  const whyNotAdopt =
    chosen.length !== 1
      ? 'Choose one grant.'
      : 'A request of ours says already why it exists and when it ends.'
  return (
    <SpaceBetween direction="horizontal" size="xs">
      <Button disabled={!mayAdopt} disabledReason={whyNotAdopt} onClick={() => setOpen('adopt')}>
        Adopt
      </Button>
      <Button
        disabled={!canRevoke}
        disabledReason={
          chosen.length === 0 ? 'Choose grants first.' : 'A request of ours ends them already.'
        }
        onClick={() => setOpen('revoke')}
      >
        Request revocation
      </Button>
      {open === 'revoke' && chosen.length > 0 && (
        <RevokeDialog grants={chosen} onClose={() => setOpen(null)} />
      )}
      {open === 'adopt' && only && (
        <AdoptDialog
          grant={only}
          mayWithoutEnd={reachesAccount(asking.withoutEnd, only.accountId)}
          onClose={() => setOpen(null)}
        />
      )}
    </SpaceBetween>
  )
}

/**
 * Grants that AWS lists no longer, and those of accounts where the person may
 * not ask, cannot be chosen.
 */
export const cannotChoose =
  (asking: NonNullable<Asking>) =>
  (row: GrantsRow): boolean =>
    row.goneAt !== null || !reachesAccount(asking.scope, row.accountId)

/** The chosen rows as they are now: what is not shown any more cannot be acted upon. */
export const stillShown = (chosen: readonly GrantsRow[], rows: readonly GrantsRow[]): GrantsRow[] =>
  rows.filter((row) =>
    chosen.some((one) => one.keyArn === row.keyArn && one.grantId === row.grantId),
  )
