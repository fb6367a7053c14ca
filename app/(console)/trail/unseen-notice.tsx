'use client'

import Alert from '@cloudscape-design/components/alert'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import Link from '@cloudscape-design/components/link'
import type { Unseen } from '@/lib/trail/unseen'

/** What the events below cannot tell, and why; nothing when all that was asked for is here. */
export function UnseenNotice({ lines }: Unseen) {
  if (lines.length === 0) return null
  return (
    <Alert type="info">
      <ExpandableSection headerText="Some events are not here">
        <ul>
          {lines.map(({ text, sources }) => (
            <li key={text}>
              {text}: {sources.toLocaleString('en')} {sources === 1 ? 'source' : 'sources'}
            </li>
          ))}
        </ul>
        <Link href="/trail/sources">See the sources</Link>
      </ExpandableSection>
    </Alert>
  )
}
