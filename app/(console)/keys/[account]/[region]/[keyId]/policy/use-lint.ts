'use client'

import { useMemo } from 'react'
import type { KeyPolicy } from '@/lib/inventory/key-detail'
import { lintPolicy, type LintFinding } from '@/lib/policy/lint/lint'

/** The linter's remarks on a policy of this key, worked out in the browser. */
export function useLint(
  text: string,
  { arn, accountId, keySpec, keyUsage }: KeyPolicy['key'],
): readonly LintFinding[] {
  return useMemo(
    () =>
      lintPolicy(text, 'key', {
        keyArn: arn,
        accountId,
        keySpec: keySpec ?? undefined,
        keyUsage: keyUsage ?? undefined,
      }),
    [text, arn, accountId, keySpec, keyUsage],
  )
}
