'use client'

import Badge, { type BadgeProps } from '@cloudscape-design/components/badge'
import Box from '@cloudscape-design/components/box'
import Popover from '@cloudscape-design/components/popover'
import { explainFlag, flagLabels, type GrantFlag } from '@/lib/grants/flags'
import type { GrantsRow } from '@/lib/grants/row'

const colours: Readonly<Record<GrantFlag, BadgeProps['color']>> = {
  orphaned: 'severity-high',
  overBroad: 'severity-high',
  crossAccount: 'severity-medium',
  duplicate: 'severity-low',
  withoutEnd: 'severity-low',
  old: 'severity-neutral',
}

const worstFirst: readonly GrantFlag[] = [
  'orphaned',
  'overBroad',
  'crossAccount',
  'duplicate',
  'withoutEnd',
  'old',
]
/** Flags that the two lines of a cell hold; the others are counted behind them. */
const most = 2

/** What is worth a look about a grant; a press says why. */
export function GrantFlags({ of: row }: { of: GrantsRow }) {
  const unsure = row.granteeExists === 'unknown' && !row.flags.includes('orphaned')
  if (row.flags.length === 0 && !unsure) return <span className="claviger-none">nothing</span>
  const shown = worstFirst.filter((flag) => row.flags.includes(flag)).slice(0, most)
  const hidden = worstFirst.filter((flag) => row.flags.includes(flag) && !shown.includes(flag))
  return (
    <span className="claviger-flags">
      {shown.map((flag) => (
        <Popover
          key={flag}
          triggerType="text"
          dismissButton={false}
          size="large"
          header={flagLabels[flag]}
          content={explainFlag(flag, row).map((line) => (
            <Box key={line} variant="p">
              {line}
            </Box>
          ))}
        >
          <Badge color={colours[flag]}>{flagLabels[flag]}</Badge>
        </Popover>
      ))}
      {hidden.length > 0 && (
        <Popover
          triggerType="text"
          dismissButton={false}
          size="large"
          header={hidden.map((flag) => flagLabels[flag]).join(', ')}
          content={hidden.flatMap((flag) =>
            explainFlag(flag, row).map((line) => (
              <Box key={`${flag} ${line}`} variant="p">
                {line}
              </Box>
            )),
          )}
        >
          +{hidden.length}
        </Popover>
      )}
      {unsure && hidden.length === 0 && (
        <Popover
          triggerType="text"
          dismissButton={false}
          size="large"
          content={
            'Nobody has read the IAM of the grantee’s account since this grant was made, or ' +
            'it is no user or role: whether the grantee still exists is unknown.'
          }
        >
          <Box variant="span" color="text-status-inactive">
            grantee unknown
          </Box>
        </Popover>
      )}
    </span>
  )
}
