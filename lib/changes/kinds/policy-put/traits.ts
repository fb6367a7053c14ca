import type { KindTraits } from '../traits'

export const traits = {
  name: 'policy-put',
  label: 'Change the key policy',
  group: 'Policy',
  about: 'key',
  end: 'optional',
  exclusive: true,
  newPolicy: 'policy',
  words: 'Replaces the key policy by the one written here.',
  atEnd: 'At its end the policy of before is put back, unless someone has changed it since.',
} satisfies KindTraits
