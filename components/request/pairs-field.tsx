'use client'

import AttributeEditor from '@cloudscape-design/components/attribute-editor'
import Input from '@cloudscape-design/components/input'
import type { Pair } from './values'

type Props = {
  pairs: readonly Pair[]
  onChange: (pairs: readonly Pair[]) => void
  most: number
  names?: { first: string; second: string }
  what: string
}

/** Names and values, a row each. */
export function PairsField({
  pairs,
  onChange,
  most,
  names = { first: 'Key', second: 'Value' },
  what,
}: Props) {
  const replace = (index: number, changed: Pair) =>
    onChange(pairs.map((pair, at) => (at === index ? changed : pair)))
  return (
    <AttributeEditor
      items={pairs}
      addButtonText={`Add a ${what}`}
      removeButtonText="Remove"
      empty={`No ${what} yet`}
      disableAddButton={pairs.length >= most}
      additionalInfo={pairs.length >= most ? `At most ${most}.` : undefined}
      removeButtonAriaLabel={([name]) => `Remove ${name === '' ? `this ${what}` : name}`}
      onAddButtonClick={() => onChange([...pairs, ['', '']])}
      onRemoveButtonClick={({ detail }) =>
        onChange(pairs.filter((_, at) => at !== detail.itemIndex))
      }
      definition={[
        {
          label: names.first,
          control: ([name, value], index) => (
            <Input
              ariaLabel={`${names.first} ${index + 1}`}
              value={name}
              onChange={({ detail }) => replace(index, [detail.value, value])}
            />
          ),
        },
        {
          label: names.second,
          control: ([name, value], index) => (
            <Input
              ariaLabel={`${names.second} ${index + 1}`}
              value={value}
              onChange={({ detail }) => replace(index, [name, detail.value])}
            />
          ),
        },
      ]}
    />
  )
}
