'use client'

import Select from '@cloudscape-design/components/select'
import TextFilter from '@cloudscape-design/components/text-filter'
import { useEffect, useState } from 'react'
import { statusWords } from '@/components/change/words'
import type { RequestsQuery } from '@/lib/changes/read/list-requests'
import { changeStatuses } from '@/lib/change-status'

const any = { value: '', label: 'Any state' }
const options = [
  any,
  ...changeStatuses.map((status) => ({ value: status, label: statusWords[status] })),
]
type Props = {
  query: RequestsQuery
  total: number | undefined
  onChange: (changed: Partial<RequestsQuery>) => void
}

/** By text and by the state of a change; both stand in the address. */
export function RequestsFilter({ query: { text, status }, total, onChange }: Props) {
  const [typed, setTyped] = useState(text)
  const [shown, setShown] = useState(text)
  if (shown !== text) {
    // back and forward
    setShown(text)
    setTyped(text)
  }
  useEffect(() => {
    if (typed === text) return
    const timer = setTimeout(() => onChange({ text: typed }), 400)
    return () => clearTimeout(timer)
    // `onChange` is new at each render; what counts is what was typed
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [typed, text])
  return (
    <div className="claviger-requests-filter">
      <TextFilter
        filteringText={typed}
        filteringPlaceholder="Number, title, reason, ticket, person"
        filteringAriaLabel="Find requests"
        countText={
          text && total !== undefined
            ? `${total.toLocaleString('en')} ${total === 1 ? 'match' : 'matches'}`
            : undefined
        }
        onChange={({ detail }) => setTyped(detail.filteringText)}
      />
      <Select
        ariaLabel="State"
        selectedOption={options.find(({ value }) => value === (status ?? '')) ?? any}
        options={options}
        onChange={({ detail }) =>
          onChange({ status: changeStatuses.find((one) => one === detail.selectedOption.value) })
        }
      />
    </div>
  )
}
