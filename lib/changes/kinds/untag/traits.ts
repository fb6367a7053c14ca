import type { KindTraits } from '../traits'

export const traits = {
  name: 'untag',
  label: 'Remove tags',
  group: 'Aliases and tags',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'Takes tags off.',
  whyNot: ({ tags }) => (tags && Object.keys(tags).length === 0 ? 'The key has no tags.' : null),
} satisfies KindTraits
