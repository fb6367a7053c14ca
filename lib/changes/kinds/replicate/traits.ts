import type { KindTraits } from '../traits'
import { whyNoMultiRegion } from '../shared/why-not'

export const traits = {
  name: 'replicate',
  label: 'Replicate to another Region',
  group: 'Keys',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'A replica of a multi-Region primary key, with the same key material.',
  whyNot: ({ scope }) => whyNoMultiRegion(scope, 'a further one is made'),
} satisfies KindTraits
