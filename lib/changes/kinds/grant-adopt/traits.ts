import type { KindTraits } from '../traits'

export const traits = {
  name: 'grant-adopt',
  label: 'Adopt a grant',
  group: 'Grants',
  about: 'key',
  end: 'default',
  exclusive: false,
  words: 'Gives a grant that nobody knows an owner, a reason and an end.',
  atEnd: 'At its end the grant is revoked.',
  oneKey: true,
  grant: 'adopts',
} satisfies KindTraits
