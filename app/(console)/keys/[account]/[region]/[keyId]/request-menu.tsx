'use client'

import ButtonDropdown, {
  type ButtonDropdownProps,
} from '@cloudscape-design/components/button-dropdown'
import { hrefOfRequest, kindsFor } from '@/components/request/applies'
import { formGroups } from '@/components/request/kinds'
import type { KeyRow } from '@/lib/inventory/key-detail'

/** What can be asked for at this key; what cannot stays, with the reason. */
export function RequestMenu({ detailKey: key }: { detailKey: KeyRow }) {
  const kinds = kindsFor(key)
  const items = formGroups.flatMap((group): ButtonDropdownProps.ItemGroup[] => {
    const own = kinds.filter((kind) => kind.group === group)
    return own.length === 0
      ? []
      : [
          {
            id: group,
            text: group,
            items: own.map(({ name, label, why }) => ({
              id: name,
              text: label,
              href: hrefOfRequest(name, [key.arn]),
              disabled: why !== null,
              disabledReason: why ?? undefined,
            })),
          },
        ]
  })
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
