import type { KindTraits } from '../traits'

export const traits = {
  name: 'alias-delete',
  label: 'Delete an alias',
  group: 'Aliases and tags',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'The name is gone; whoever uses the key by it is refused.',
  oneKey: true,
  whyNot: ({ aliases, aliasesAt }) =>
    aliasesAt !== null && aliases.length === 0 ? 'The key has no alias.' : null,
} satisfies KindTraits
