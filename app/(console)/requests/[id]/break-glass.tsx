'use client'

import Alert from '@cloudscape-design/components/alert'
import { useFlash } from '@/components/shell/flash'
import type { RequestDetail } from '@/lib/changes/read/shapes'
import { breakGlass } from '../actions'
import { AskWhy } from '../change/ask-why'

type Props = { request: RequestDetail; onDone: () => Promise<unknown>; onClose: () => void }

/** At once and without approval: what that sets going is said before the button. */
export function BreakGlass({ request, onDone, onClose }: Props) {
  const flash = useFlash()
  const skipped = [
    ...new Set(request.asked.flatMap(({ people }) => people.map(({ name }) => name))),
  ]
  return (
    <AskWhy
      title="Break the glass"
      label="Why this cannot wait for approval"
      isRequired
      act={(reason) => breakGlass({ id: request.id, reason })}
      onClose={onClose}
      onDone={() => {
        flash.success(
          `R-${request.number} needs no approval now and begins within seconds. Everyone who was skipped is told.`,
        )
        return onDone()
      }}
    >
      <Alert type="warning" header="This is done at once, without anybody’s approval">
        <ul className="claviger-lines">
          <li>
            {request.changes.length === 1
              ? 'The change begins'
              : `All ${request.changes.length} changes begin`}{' '}
            within seconds. What has an end keeps it.
          </li>
          <li>
            {skipped.length === 0
              ? 'Nobody could have decided about it, so nobody is told directly.'
              : `Told that they were skipped: ${skipped.join(', ')}.`}
          </li>
          <li>
            Someone other than you must review it afterwards. Until then it stands out on the
            overview.
          </li>
        </ul>
      </Alert>
    </AskWhy>
  )
}
