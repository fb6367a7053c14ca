'use client'

import Box from '@cloudscape-design/components/box'
import Popover from '@cloudscape-design/components/popover'

/** Unknown is its own word with its reason: never "no", never blank. */
export function Unknown({ why }: { why?: string }) {
  if (!why)
    return (
      <Box variant="span" color="text-status-inactive">
        unknown
      </Box>
    )
  return (
    <Popover dismissButton={false} size="medium" triggerType="text" content={why}>
      <Box variant="span" color="text-status-inactive">
        unknown
      </Box>
    </Popover>
  )
}
