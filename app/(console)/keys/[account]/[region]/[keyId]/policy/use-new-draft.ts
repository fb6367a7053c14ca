'use client'

import { useTransition } from 'react'
import { readablePolicy } from '@/components/policy/lay-out'
import { useFlash } from '@/components/shell/flash'
import type { Draft } from '@/lib/drafts/read'
import type { KeyPolicy } from '@/lib/inventory/key-detail'
import { createDraft } from './actions'
import { usePlace } from './use-place'

/** What a new draft begins with where no policy is known: the account keeps control. */
const emptyPolicy = (accountId: string) =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'Enable IAM policies',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${accountId}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  )

/** Begins a draft with the policy of today, or as a copy of another draft, and opens it. */
export function useNewDraft({ key, policy }: KeyPolicy) {
  const { go } = usePlace()
  const flash = useFlash()
  const [isPending, start] = useTransition()
  const begin = (from?: Pick<Draft, 'text' | 'baseHash' | 'note'>) =>
    start(async () => {
      const text = from?.text ?? (policy ? readablePolicy(policy.text) : emptyPolicy(key.accountId))
      const made = await createDraft({
        arn: key.arn,
        text,
        note: from ? `Copy of ${from.note || 'a draft'}`.slice(0, 200) : '',
        baseHash: from ? from.baseHash : (policy?.hash ?? null),
      })
      if (made.ok) go({ view: 'draft', draft: made.data.id })
      else flash.failure(made.error, 'The draft was not made')
    })
  return { begin, isPending }
}
