'use client'

import Alert from '@cloudscape-design/components/alert'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import type { Checked } from '@/lib/changes/usage-audit/usage-audits'

/** What came of making an audit again: the same, or what differs and what can have made it so. */
export function CheckResult({
  checked: { isSame, hash, differences, reasons },
}: {
  checked: Checked
}) {
  if (isSame)
    return (
      <Alert type="success" header="Same hash">
        Made again now, with the same parameters: {hash}
      </Alert>
    )
  return (
    <Alert type="warning" header="Differs">
      {reasons.length > 0 ? (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      ) : (
        'Why is not known.'
      )}
      {differences.map(({ section, added, gone, lines }) => (
        <ExpandableSection key={section} headerText={`${section}: ${added} new, ${gone} gone`}>
          <pre className="claviger-json">{lines.join('\n')}</pre>
        </ExpandableSection>
      ))}
    </Alert>
  )
}
