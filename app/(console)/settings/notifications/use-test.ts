'use client'

import { useState, useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import { sendTestMessage } from './actions'

/** Sends a test to a webhook, or (null) to oneself by e-mail, and says what happened. */
export function useTest() {
  const flash = useFlash()
  const [isTesting, start] = useTransition()
  const [last, setLast] = useState<string | null>(null)
  const test = (webhook: string | null) => {
    setLast(webhook)
    start(async () => {
      const result = await sendTestMessage({ webhook })
      const whom = webhook ?? 'your e-mail address'
      if (!result.ok) return flash.failure(result.error)
      if (result.data.problem === null)
        return flash.success(
          webhook === null
            ? 'The mail server took the test message to your e-mail address.'
            : `${whom} took the test message.`,
        )
      flash.show({
        type: 'error',
        header: `The test message to ${whom} did not arrive`,
        content: result.data.problem,
      })
    })
  }
  return {
    test,
    isTesting: (webhook: string | null) => isTesting && last === webhook,
    isBusy: isTesting,
  }
}
