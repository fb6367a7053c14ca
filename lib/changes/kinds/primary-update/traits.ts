import type { KindTraits } from '../traits'
import { whyNoMultiRegion } from '../shared/why-not'

export const traits = {
  name: 'primary-update',
  label: 'Move the primary key to another Region',
  group: 'Keys',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'Makes a replica the primary key of its multi-Region set.',
  whyNot: ({ scope }) => whyNoMultiRegion(scope, 'the primary key is moved'),
} satisfies KindTraits
