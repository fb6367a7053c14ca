'use client'

import Box from '@cloudscape-design/components/box'
import Container from '@cloudscape-design/components/container'
import Header from '@cloudscape-design/components/header'
import RadioGroup from '@cloudscape-design/components/radio-group'
import SpaceBetween from '@cloudscape-design/components/space-between'
import { grantTemplates } from '@/lib/changes/request/templates'
import type { AskedKey } from '@/lib/changes/request/askable'
import { Field } from './field'
import { useRequestForm } from './form-context'
import { FreeGrant } from './free-grant'
import { TaskGrant } from './task-grant'
import type { GrantValues } from './values'

const free = 'free'

type PartProps = { grant: GrantValues; onChange(changed: Partial<GrantValues>): void }

/**
 * A grant: by its task, which knows the operations and constraints it needs, or composed by hand.
 */
export function GrantFields() {
  const {
    form: {
      values: { grant },
    },
    changeValues,
  } = useRequestForm()
  const change = (changed: Partial<GrantValues>) =>
    changeValues({ grant: { ...grant, ...changed } })
  return (
    <SpaceBetween size="l">
      <TaskChoice grant={grant} onChange={change} />
      {(grant.how === 'free' || grant.task !== '') && (
        <ChosenGrant grant={grant} onChange={change} />
      )}
    </SpaceBetween>
  )
}

function TaskChoice({ grant, onChange }: PartProps) {
  const { keys } = useRequestForm()
  const suiting = grantTemplates.filter((task) => keys.every((key) => suits(task, key)))
  const others = grantTemplates.length - suiting.length
  const choose = (value: string) =>
    onChange(
      value === free
        ? { how: 'free' }
        : { how: 'task', task: value, taskValues: {}, taskPairs: [['', '']] },
    )
  return (
    <Container
      header={
        <Header
          variant="h2"
          description="A task knows which operations and constraints it needs, and says why."
        >
          What it is for
        </Header>
      }
    >
      <Field label="Task" at={['task']}>
        <RadioGroup
          ariaLabel="Task"
          value={grant.how === 'free' ? free : grant.task}
          onChange={({ detail }) => choose(detail.value)}
          items={[
            ...suiting.map(({ id, title, summary }) => ({
              value: id,
              label: title,
              description: summary,
            })),
            {
              value: free,
              label: 'Something else',
              description: 'Say yourself who, which operations and which constraints.',
            },
          ]}
        />
        {others > 0 && keys.length > 0 && (
          <Box variant="small" padding={{ top: 's' }}>
            {others} more {others === 1 ? 'task is' : 'tasks are'} for other kinds of keys.
          </Box>
        )}
      </Field>
    </Container>
  )
}

function ChosenGrant({ grant, onChange }: PartProps) {
  const isFree = grant.how === 'free'
  return (
    <Container
      header={
        <Header variant="h2">
          {isFree ? 'The grant' : grantTemplates.find(({ id }) => id === grant.task)?.title}
        </Header>
      }
    >
      <SpaceBetween size="m">
        {isFree ? (
          <FreeGrant grant={grant} onChange={onChange} />
        ) : (
          <TaskGrant grant={grant} onChange={onChange} />
        )}
      </SpaceBetween>
    </Container>
  )
}

/** A key that was never described may be any. */
const suits = (task: (typeof grantTemplates)[number], { keySpec, keyUsage, origin }: AskedKey) =>
  keySpec === null ||
  keyUsage === null ||
  origin === null ||
  task.suits({ keySpec, keyUsage, origin })
