'use client'

import Box from '@cloudscape-design/components/box'
import Button from '@cloudscape-design/components/button'
import ExpandableSection from '@cloudscape-design/components/expandable-section'
import SpaceBetween from '@cloudscape-design/components/space-between'
import StatusIndicator, {
  type StatusIndicatorProps,
} from '@cloudscape-design/components/status-indicator'
import type { LintFinding, LintSeverity } from '@/lib/policy/lint/lint'

const severities: Record<LintSeverity, { type: StatusIndicatorProps.Type; text: string }> = {
  error: { type: 'error', text: 'Error' },
  'security-warning': { type: 'warning', text: 'Security warning' },
  warning: { type: 'warning', text: 'Warning' },
  suggestion: { type: 'info', text: 'Suggestion' },
}

function countFindings(findings: readonly LintFinding[]): string {
  const counts = (['error', 'security-warning', 'warning', 'suggestion'] as const).flatMap(
    (severity) => {
      const count = findings.filter((finding) => finding.severity === severity).length
      return count === 0
        ? []
        : [`${count} ${severities[severity].text.toLowerCase()}${count === 1 ? '' : 's'}`]
    },
  )
  return counts.length === 0 ? 'nothing to remark' : counts.join(', ')
}

type Props = {
  findings: readonly LintFinding[]
  onGoTo: (finding: LintFinding) => void
  defaultExpanded?: boolean
}

/** What the linter says, each with a way to where it says it of. */
export function FindingList({ findings, onGoTo, defaultExpanded = true }: Props) {
  if (findings.length === 0)
    return <StatusIndicator type="success">Lint: nothing to remark</StatusIndicator>
  return (
    <ExpandableSection
      defaultExpanded={defaultExpanded}
      headerText={`Lint: ${countFindings(findings)}`}
    >
      <SpaceBetween size="xs">
        {findings.map((finding, i) => (
          <div key={i}>
            <SpaceBetween direction="horizontal" size="xs">
              <StatusIndicator type={severities[finding.severity].type}>
                {severities[finding.severity].text}
              </StatusIndicator>
              <Button
                variant="inline-link"
                ariaLabel={`Line ${finding.range.start.line}: ${finding.code}. Show in the document`}
                onClick={() => onGoTo(finding)}
              >
                Line {finding.range.start.line}
              </Button>
              <Box variant="code">{finding.code}</Box>
            </SpaceBetween>
            <Box>
              {finding.message}{' '}
              <Box variant="span" color="text-body-secondary">
                {finding.fix}
              </Box>
            </Box>
          </div>
        ))}
      </SpaceBetween>
    </ExpandableSection>
  )
}
