import type { KindTraits } from '../traits'

export const traits = {
  name: 'tag',
  label: 'Set tags',
  group: 'Aliases and tags',
  about: 'key',
  end: 'optional',
  exclusive: true,
  words: 'Adds tags, or gives those that are there another value.',
  atEnd: 'At its end these tags have their values of before.',
} satisfies KindTraits
