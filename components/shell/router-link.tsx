'use client'

import { useRouter } from 'next/navigation'
import { useEffect, useTransition, type ReactNode } from 'react'

const isPlainClick = (event: MouseEvent) =>
  event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey

/** A link that opens a page in this window, not a download or another site's. */
const opensPage = (anchor: HTMLAnchorElement) =>
  !anchor.hasAttribute('download') &&
  (!anchor.target || anchor.target === '_self') &&
  !anchor.rel.includes('external')

/**
 * The address a plain left click on a link of this console leads to; null when the browser
 * should do what it always does.
 */
function ownAddressOf(event: MouseEvent, origin: string): string | null {
  if (event.defaultPrevented || !isPlainClick(event)) return null
  const anchor = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!(anchor instanceof HTMLAnchorElement) || !opensPage(anchor)) return null
  const url = new URL(anchor.href)
  if (url.origin !== origin || url.pathname.startsWith('/api/')) return null
  const isSamePlace = url.pathname === location.pathname && url.search === location.search
  return isSamePlace && url.hash ? null : url.pathname + url.search + url.hash
}

/**
 * Every link of the kit (Link, Button with href, SideNavigation, BreadcrumbGroup, Table cells, …)
 * is an <a href>. They all go through the router here, once, instead of an onFollow at each of
 * them. Until the next page is there a bar says that it is coming.
 */
export function RouterLinks(): ReactNode {
  const router = useRouter()
  const [isLeaving, startLeaving] = useTransition()
  useEffect(() => {
    function follow(event: MouseEvent) {
      const address = ownAddressOf(event, location.origin)
      if (address === null) return
      event.preventDefault()
      startLeaving(() => router.push(address))
    }
    document.addEventListener('click', follow)
    return () => document.removeEventListener('click', follow)
  }, [router])
  return (
    isLeaving && (
      <div className="claviger-leaving" role="progressbar" aria-label="The next page is loading" />
    )
  )
}
