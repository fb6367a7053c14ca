import Alert from '@cloudscape-design/components/alert'
import { Moment } from '@/components/value/moment'
import type { ExternalCoverage } from '@/lib/access/external-read'

const counted = (count: number) => `${count.toLocaleString('en')} ${count === 1 ? 'key' : 'keys'}`

/** What the rows do not say, before anybody takes them for all there is. */
export function ExternalGaps({ coverage }: { coverage: ExternalCoverage }) {
  const { waiting, waitingSince, unread, failed, organizationRead } = coverage
  const gaps = [
    unread.policy > 0 &&
      `The policies of ${counted(unread.policy)} could not be read: who they let in is unknown.`,
    unread.grants > 0 &&
      `The grants of ${counted(unread.grants)} have not been read: somebody might use them through one.`,
    failed > 0 && `${counted(failed)} could not be evaluated: who can use them is unknown.`,
    organizationRead === null &&
      'The organization has not been read, so every other account counts as outside it.',
  ].filter((gap) => gap !== false)
  if (waiting === 0 && gaps.length === 0) return null
  return (
    <Alert type="warning">
      <strong>Incomplete list.</strong>{' '}
      {waiting > 0 && (
        <span>
          {counted(waiting)} not evaluated since the last change, waiting since{' '}
          <Moment at={waitingSince} />. Until then they stand here as they were before, or not at
          all. The worker evaluates them.{' '}
        </span>
      )}
      {gaps.join(' ')}
    </Alert>
  )
}
