'use client'

import type { AppLayoutProps } from '@cloudscape-design/components/app-layout'
import type { BreadcrumbGroupProps } from '@cloudscape-design/components/breadcrumb-group'
import { createContext, useContext, useEffect, type ReactNode } from 'react'

export type Frame = {
  /** Without the home crumb, which the shell adds. The last one is this page. */
  breadcrumbs?: readonly BreadcrumbGroupProps.Item[]
  contentType?: AppLayoutProps.ContentType
  splitPanel?: ReactNode
  splitPanelOpen?: boolean
  onSplitPanelToggle?: (open: boolean) => void
  /** The help panel at the right. */
  tools?: ReactNode
}

export const FrameContext = createContext<((frame: Frame) => void) | null>(null)

/**
 * What a page puts into the shell around it. Memoize parts that are objects, or
 * each render sets them anew.
 */
export function useFrame({
  breadcrumbs,
  contentType,
  splitPanel,
  splitPanelOpen,
  onSplitPanelToggle,
  tools,
}: Frame): void {
  const setFrame = useContext(FrameContext)
  const crumbs = JSON.stringify(breadcrumbs)
  useEffect(() => {
    setFrame?.({
      // of our own making, one line above
      breadcrumbs: crumbs ? (JSON.parse(crumbs) as BreadcrumbGroupProps.Item[]) : undefined,
      contentType,
      splitPanel,
      splitPanelOpen,
      onSplitPanelToggle,
      tools,
    })
    return () => setFrame?.({})
  }, [setFrame, crumbs, contentType, splitPanel, splitPanelOpen, onSplitPanelToggle, tools])
}
