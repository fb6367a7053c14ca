import type { SideNavigationProps } from '@cloudscape-design/components/side-navigation'
import type { ReactNode } from 'react'
import type { Permission } from '@/lib/auth/permissions'

type Entry = { text: string; href: string; needs: Permission }
type Group = { text: string; items: readonly Entry[] }

/**
 * Every page that has a place in the side navigation, in the order of a day's work. A
 * new page adds its line here.
 */
const overview: Entry = { text: 'Overview', href: '/', needs: 'keys.read' }
const groups: readonly Group[] = [
  { text: 'Changes', items: [{ text: 'Requests', href: '/requests', needs: 'requests.read' }] },
  {
    text: 'Inventory',
    items: [
      { text: 'Keys', href: '/keys', needs: 'keys.read' },
      { text: 'Grants', href: '/grants', needs: 'grants.read' },
      { text: 'Trail', href: '/trail', needs: 'trail.read' },
      { text: 'Denied calls', href: '/trail/denied', needs: 'trail.read' },
      { text: 'Out of band', href: '/trail/out-of-band', needs: 'trail.read' },
      { text: 'Usage audits', href: '/trail/audits', needs: 'trail.audit' },
    ],
  },
  {
    text: 'Access',
    items: [
      { text: 'Check access', href: '/access', needs: 'access.read' },
      { text: 'By principal', href: '/access/principals', needs: 'access.read' },
      { text: 'External access', href: '/access/external', needs: 'access.read' },
      { text: 'Compare keys', href: '/access/compare', needs: 'access.read' },
    ],
  },
  {
    text: 'Installation',
    items: [
      { text: 'Accounts', href: '/accounts', needs: 'accounts.read' },
      { text: 'Audit log', href: '/audit', needs: 'audit.read' },
      { text: 'Settings', href: '/settings', needs: 'people.read' },
    ],
  },
]

/**
 * The navigation of someone who holds `held`: what they may not open is not offered (the page
 * itself still asks). `infos`: what stands beside an entry, by its address.
 */
export function navigationFor(
  held: ReadonlySet<Permission>,
  infos: Readonly<Record<string, ReactNode>> = {},
): SideNavigationProps.Item[] {
  const linkOf = ({ text, href }: Entry): SideNavigationProps.Link => ({
    type: 'link',
    text,
    href,
    info: infos[href],
  })
  const sections = groups.flatMap((group): SideNavigationProps.Item[] => {
    const items = group.items.filter((entry) => held.has(entry.needs)).map(linkOf)
    return items.length === 0 ? [] : [{ type: 'section-group', title: group.text, items }]
  })
  return held.has(overview.needs) ? [linkOf(overview), ...sections] : sections
}

/**
 * The entry a page belongs to: the longest address that begins its path; none
 * for a page without an entry.
 */
export function activeHrefOf(pathname: string): string {
  const hrefs = groups.flatMap((group) => group.items.map((item) => item.href))
  return (
    hrefs
      .filter((href) => pathname === href || pathname.startsWith(`${href}/`))
      .sort((a, b) => b.length - a.length)[0] ?? (pathname === '/' ? '/' : '')
  )
}
