'use client'

import Box from '@cloudscape-design/components/box'
import Checkbox from '@cloudscape-design/components/checkbox'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { GrantOperationName } from '@/lib/kms/grant-operations'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { operationGroups, whyNoOperation } from './operation-groups'

type Props = {
  chosen: readonly GrantOperationName[]
  onChange: (operations: readonly GrantOperationName[]) => void
}

/**
 * Operations by group. What the keys cannot do stays, with the reason; a whole
 * group of that is one line.
 */
export function OperationsField({ chosen, onChange }: Props) {
  const { keys } = useRequestForm()
  const groups = operationGroups.map(({ title, operations }) => ({
    title,
    rows: operations.map(([name, words]) => ({ name, words, why: whyNoOperation(name, keys) })),
  }))
  return (
    <Field
      label="Operations"
      at={['input.operations']}
      description="As few as the task needs: each is what the grantee may call with this key."
      below={<OperationGroups groups={groups} chosen={chosen} onChange={onChange} />}
    />
  )
}

type Group = {
  title: string
  rows: readonly { name: GrantOperationName; words: string; why: string | null }[]
}

function OperationGroups({ groups, chosen, onChange }: Props & { groups: readonly Group[] }) {
  const hasUse = ({ rows }: Group) =>
    rows.some(({ name, why }) => why === null || chosen.includes(name))
  const without = groups.filter((group) => !hasUse(group))
  return (
    <Box padding={{ top: 'xs' }}>
      <div className="claviger-kinds">
        {groups.filter(hasUse).map(({ title, rows }) => (
          <div key={title} role="group" aria-label={title}>
            <SpaceBetween size="xs">
              <Box fontWeight="bold">{title}</Box>
              {rows.map(({ name, words, why }) => (
                <Checkbox
                  key={name}
                  checked={chosen.includes(name)}
                  disabled={why !== null && !chosen.includes(name)}
                  description={why ?? words}
                  onChange={({ detail }) =>
                    onChange(
                      detail.checked ? [...chosen, name] : chosen.filter((each) => each !== name),
                    )
                  }
                >
                  {name}
                </Checkbox>
              ))}
            </SpaceBetween>
          </div>
        ))}
      </div>
      {without.length > 0 && (
        <Box variant="small" padding={{ top: 's' }}>
          {without.map(({ title, rows }) => `${title}: ${rows[0]?.why ?? ''}`).join(' ')}
        </Box>
      )}
    </Box>
  )
}
