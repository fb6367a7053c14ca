'use client'

import Alert from '@cloudscape-design/components/alert'
import { useRequestForm } from '@/components/request/form-context'
import { labelOfKey } from '@/components/request/label-of-key'
import type { Problems } from '@/components/request/errors'

/** Everything that was refused, at the top, also what has no field of its own. */
export function ProblemList({ problems: { lines } }: { problems: Problems }) {
  const { form, keys } = useRequestForm()
  if (lines.length === 0) return null
  const nameOf = (change: number | null) => {
    const arn = change === null || form.keys.length < 2 ? undefined : form.keys[change]
    const key = keys.find((each) => each.arn === arn)
    return arn === undefined ? '' : `${key ? labelOfKey(key) : arn}: `
  }
  const texts = [...new Set(lines.map(({ text, change }) => `${nameOf(change)}${text}`))]
  return (
    <div data-problems tabIndex={-1} role="alert">
      <Alert type="error" header="No preview could be made of this">
        {texts.length === 1 ? (
          texts[0]
        ) : (
          <ul className="claviger-whys">
            {texts.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        )}
      </Alert>
    </div>
  )
}
