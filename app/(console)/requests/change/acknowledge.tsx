'use client'

import Checkbox from '@cloudscape-design/components/checkbox'
import FormField from '@cloudscape-design/components/form-field'
import SpaceBetween from '@cloudscape-design/components/space-between'
import type { ChangeRow } from '@/lib/changes/read/shapes'
import { sayAcknowledgement, type Completer } from '@/lib/drafts/latent'

type Props = {
  accounts: readonly Completer[]
  /** Account ids that are ticked. */
  chosen: readonly string[]
  onChange: (chosen: readonly string[]) => void
  error?: string
}

/** Accounts whose administrators can complete one of these changes, each once. */
export function completersOf(changes: readonly ChangeRow[]): Completer[] {
  const all = changes.flatMap(({ completers }) => completers)
  return [...new Map(all.map((account) => [account.accountId, account])).values()]
}

/** One tick for each account that a change trusts: without it the server takes no approval. */
export function Acknowledge({ accounts, chosen, onChange, error }: Props) {
  if (accounts.length === 0) return null
  const toggle = (accountId: string, isChosen: boolean) =>
    onChange(isChosen ? [...chosen, accountId] : chosen.filter((id) => id !== accountId))
  return (
    <FormField label="To approve, confirm" errorText={error} stretch>
      <SpaceBetween size="xxs">
        {accounts.map((account) => (
          <Checkbox
            key={account.accountId}
            checked={chosen.includes(account.accountId)}
            onChange={({ detail }) => toggle(account.accountId, detail.checked)}
          >
            {sayAcknowledgement(account)}
          </Checkbox>
        ))}
      </SpaceBetween>
    </FormField>
  )
}
