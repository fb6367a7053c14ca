import { automaticRotationApplies } from '../../../inventory/applies'
import type { KindTraits } from '../traits'
import { reasonOf } from '../shared/why-not'

export const traits = {
  name: 'rotation-enable',
  label: 'Rotate automatically',
  group: 'Rotation',
  about: 'key',
  end: 'optional',
  exclusive: true,
  words: 'Lets KMS make new key material by schedule, or changes the period.',
  atEnd: 'At its end it is put back to what it was before.',
  whyNot: (key) => reasonOf(automaticRotationApplies(key)),
} satisfies KindTraits
