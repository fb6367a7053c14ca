import type { KindTraits } from '../traits'

export const traits = {
  name: 'grant-create',
  label: 'Create a grant',
  group: 'Grants',
  about: 'key',
  end: 'default',
  exclusive: false,
  words: 'Lets a principal or an AWS service use the key for certain operations, for a time.',
  atEnd: 'At its end the grant is revoked.',
  grant: 'makes',
} satisfies KindTraits
