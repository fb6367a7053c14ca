'use client'

import KeyValuePairs from '@cloudscape-design/components/key-value-pairs'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { Instant } from '@/components/value/clock'
import { Identifier } from '@/components/value/identifier'
import type { ChangeDetail } from '@/lib/changes/read/shapes'
import { JsonText } from '../../keys/[account]/[region]/[keyId]/json-text'
import { Fold } from '../fold'
import { Part } from './part'

/**
 * What an approval is bound to, whole: hashes, what was read from AWS, what was asked for, and all
 * that the role may do for it.
 */
export function ChangeProof({
  change: {
    id,
    baseline,
    baselineHash,
    baselineAt,
    requestHash,
    input,
    preflight: { sessionPolicy },
  },
}: {
  change: ChangeDetail
}) {
  const json = (value: unknown) => JSON.stringify(value)
  return (
    <Part title="Proof">
      <SpaceBetween size="xs">
        <KeyValuePairs
          columns={1}
          items={[
            {
              label: 'Change id (name of the grant and of the role session)',
              value: <Identifier text={id} />,
            },
            {
              label: 'Hash of the request',
              value: requestHash ? <Identifier text={requestHash} /> : 'Made when it is sent',
            },
            {
              label: 'Hash of what was read from AWS',
              value: (
                <>
                  <Identifier text={baselineHash} /> <Instant at={baselineAt} />
                </>
              ),
            },
          ]}
        />
        <Fold title="What was read from AWS before">
          <JsonText text={json(baseline)} label="What was read from AWS" />
        </Fold>
        <Fold title="What is asked for, as it is sent">
          <JsonText text={json(input)} label="What is asked for" />
        </Fold>
        {sessionPolicy.length > 0 && (
          <Fold title="All that the role may do while it does this (session policy)">
            <JsonText
              text={json({ Version: '2012-10-17', Statement: sessionPolicy })}
              label="Session policy"
            />
          </Fold>
        )}
      </SpaceBetween>
    </Part>
  )
}
