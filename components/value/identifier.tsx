'use client'

import CopyToClipboard from '@cloudscape-design/components/copy-to-clipboard'
import { shorten } from './shorten'

/**
 * An ARN or id with a copy button; `most` shortens what is shown, in the
 * middle. What is copied is whole.
 */
export function Identifier({ text, most }: { text: string; most?: number }) {
  const shown = most ? shorten(text, most) : text
  return (
    <span title={text} className="claviger-identifier">
      <CopyToClipboard
        variant="inline"
        textToCopy={text}
        textToDisplay={shown}
        copyButtonAriaLabel={`Copy ${text}`}
        copySuccessText="Copied"
        copyErrorText="The browser did not allow copying"
      />
    </span>
  )
}
