import type { RulesPage } from '@/lib/settings/approval-rules'

/** Names for what rules say by id. */
export const namesOf = ({ kinds, accounts }: Pick<RulesPage, 'kinds' | 'accounts'>) => ({
  kind: (name: string) => kinds.find((kind) => kind.name === name)?.label ?? name,
  account: (id: string) => {
    const name = accounts.find((account) => account.id === id)?.name
    return name ? `${name} (${id})` : id
  },
})
