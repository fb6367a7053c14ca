'use client'

import Box from '@cloudscape-design/components/box'
import type { ReactNode } from 'react'
import type { Applies } from '@/lib/inventory/applies'

/**
 * The tab's content where it applies to this kind of key; otherwise why it does
 * not, or why we cannot tell.
 */
export function WhereItApplies({ applies, children }: { applies: Applies; children: ReactNode }) {
  if (applies.applies === 'yes') return <>{children}</>
  return (
    <Box padding={{ vertical: 'xl' }} textAlign="center">
      <Box variant="h3">
        {applies.applies === 'no' ? 'This does not apply to this key' : 'Unknown for this key'}
      </Box>
      <Box color="text-body-secondary">{applies.why}</Box>
    </Box>
  )
}
