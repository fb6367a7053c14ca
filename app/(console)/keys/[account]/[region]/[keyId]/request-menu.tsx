'use client'

import ButtonDropdown, {
  type ButtonDropdownProps,
} from '@cloudscape-design/components/button-dropdown'
import { hrefOfRequest } from '@/components/request/href-of-request'
import type { Offer } from '@/lib/changes/kinds/offers'

/** What can be asked for at this key; what cannot stays, with the reason. */
export function RequestMenu({ keyArn, offers }: { keyArn: string; offers: readonly Offer[] }) {
  const groups = [...new Set(offers.map(({ group }) => group))]
  const items = groups.map(
    (group): ButtonDropdownProps.ItemGroup => ({
      id: group,
      text: group,
      items: offers
        .filter((offer) => offer.group === group)
        .map(({ name, label, why }) => ({
          id: name,
          text: label,
          href: hrefOfRequest(name, [keyArn]),
          disabled: why !== null,
          disabledReason: why ?? undefined,
        })),
    }),
  )
  return (
    <ButtonDropdown
      variant="primary"
      items={items}
      expandableGroups
      ariaLabel="Request a change of this key"
    >
      Request a change
    </ButtonDropdown>
  )
}
