import { automaticRotationApplies } from '../../../inventory/applies'
import type { KindTraits } from '../traits'
import { reasonOf } from '../shared/why-not'

export const traits = {
  name: 'rotation-disable',
  label: 'Stop rotating automatically',
  group: 'Rotation',
  about: 'key',
  end: 'optional',
  exclusive: true,
  words: 'KMS makes no new key material by schedule any more.',
  atEnd: 'At its end it is put back to what it was before.',
  whyNot: (key) =>
    reasonOf(automaticRotationApplies(key)) ??
    (key.rotation === 'off' ? 'The key is not rotated automatically.' : null),
} satisfies KindTraits
