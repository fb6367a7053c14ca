'use client'

import Badge from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { roleNames } from '@/lib/auth/role-names'
import type { AccountName, AssignmentRow } from '@/lib/settings/read'

type Props = {
  assignments: readonly AssignmentRow[]
  accounts: readonly AccountName[]
  onTake?: (assignment: AssignmentRow) => void
}

export function scopeText(accountId: string | null, accounts: readonly AccountName[]): string {
  if (accountId === null) return 'every account'
  const name = accounts.find(({ id }) => id === accountId)?.name
  return name ? `${name} (${accountId})` : accountId
}

/**
 * Roles one below the other, each with its reach and where it comes from; only
 * those by hand can be taken here.
 */
export function RoleTokens({ assignments, accounts, onTake }: Props) {
  if (assignments.length === 0) return <Box color="text-body-secondary">no role: sees nothing</Box>
  return (
    <SpaceBetween size="xxs">
      {assignments.map((assignment) => {
        const { id, role, accountId, group } = assignment
        const text = `${roleNames[role]} in ${scopeText(accountId, accounts)}`
        return (
          <div key={id}>
            <Badge color={accountId === null ? 'green' : 'blue'}>{roleNames[role]}</Badge>{' '}
            <Box variant="small" display="inline">
              {scopeText(accountId, accounts)}, {group === null ? 'by hand' : `by ${group}`}
            </Box>
            {onTake && group === null && (
              <Button
                variant="inline-icon"
                iconName="close"
                ariaLabel={`Take the role ${text}`}
                onClick={() => onTake(assignment)}
              />
            )}
          </div>
        )
      })}
    </SpaceBetween>
  )
}
