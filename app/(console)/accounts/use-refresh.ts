'use client'

import { useTransition } from 'react'
import { useFlash } from '@/components/shell/flash'
import { refreshAccounts } from './actions'

/** Asks the worker to sweep one account, or all (null). */
export function useRefresh(asked: () => void) {
  const [isAsking, start] = useTransition()
  const flash = useFlash()
  const ask = (id: string | null) =>
    start(async () => {
      const result = await refreshAccounts({ id })
      if (!result.ok) return flash.failure(result.error)
      flash.success(
        result.data.queued > 0
          ? `${result.data.queued} syncs are queued. Progress stands below the table.`
          : 'Those syncs are queued or running already.',
      )
      asked()
    })
  return { isAsking, ask }
}
