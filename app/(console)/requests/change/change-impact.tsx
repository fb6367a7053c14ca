'use client'

import Alert from '@cloudscape-design/components/alert'
import Box from '@cloudscape-design/components/box'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { useMemo } from 'react'
import { lineDiff } from '@/components/policy/line-diff'
import { PolicyDiff } from '@/components/policy/policy-code'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { usePrinting } from '../fold'
import { Lines } from './part'

/**
 * What will be so when it is done: effects, what is easily overlooked, and
 * the text before and after.
 */
export function ChangeImpact({
  change: {
    preflight: { impact, undo },
  },
}: {
  change: ChangeDetail
}) {
  return (
    <SpaceBetween size="s">
      <Lines of={impact.effects} />
      {undo && (
        <Box>
          <strong>At its end:</strong> {undo}
        </Box>
      )}
      {impact.warnings.length > 0 && (
        <Alert type="warning" header="Easily overlooked">
          <Lines of={impact.warnings} />
        </Alert>
      )}
      {impact.diff && <Diff {...impact.diff} />}
    </SpaceBetween>
  )
}

/** Side by side on the screen; line by line on paper, where nothing scrolls or unfolds. */
function Diff({ before, after }: { before: string; after: string }) {
  const isPrinting = usePrinting()
  const lines = useMemo(
    () => (isPrinting ? lineDiff(before, after) : []),
    [isPrinting, before, after],
  )
  if (isPrinting)
    return (
      <pre className="claviger-json">
        {lines.map(({ sign, text }) => `${sign} ${text}`).join('\n')}
      </pre>
    )
  return (
    <PolicyDiff
      before={before}
      after={after}
      labels={{ before: 'Now', after: 'After this change' }}
    />
  )
}
