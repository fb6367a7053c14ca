import { onDemandRotationApplies } from '../../../inventory/applies'
import type { KindTraits } from '../traits'
import { reasonOf } from '../shared/why-not'

export const traits = {
  name: 'rotate-now',
  label: 'Rotate now',
  group: 'Rotation',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'New key material at once. AWS allows it 25 times in the life of a key.',
  whyNot: (key) => reasonOf(onDemandRotationApplies(key)),
} satisfies KindTraits
