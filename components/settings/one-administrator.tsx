'use client'

import Alert from '@cloudscape-design/components/alert'
import Button from '@cloudscape-design/components/button'
import type { FourEyes } from '@/lib/settings/four-eyes'

type Props = {
  fourEyes: FourEyes | null
  /** Offers the page where roles are given; not on that page itself. */
  leadsToPeople?: boolean
}

/**
 * While one person administers alone, for that person: what cannot be done so,
 * and how there will be two.
 */
export function OneAdministrator({ fourEyes, leadsToPeople = false }: Props) {
  if (!fourEyes || fourEyes.administrators > 1) return null
  const how = fourEyes.byRequest
    ? 'You are the only one left, so nobody can approve a second. Whoever runs this ' +
      'installation makes one: npm run admin -- grant <e-mail>, or the group of ' +
      'CLAVIGER_ADMIN_GROUP.'
    : 'Let somebody else sign in once, then give them the role Administrator for every ' +
      'account. From then on each role that decides is given by request.'
  return (
    <Alert
      type="warning"
      header="A second administrator is needed"
      action={leadsToPeople && <Button href="/settings">Open people</Button>}
    >
      Only one person administers this installation: nobody else can approve what that person asks
      for, such as changes of roles and of the approval rules. {how}
    </Alert>
  )
}
