import type { KindTraits } from '../traits'

export const traits = {
  name: 'quota-increase',
  label: 'Ask AWS for a higher quota',
  group: 'Quotas',
  about: 'region',
  end: 'never',
  exclusive: false,
  words: 'A request to AWS to raise one of the quotas of KMS in an account and Region.',
  rereads: 'quotas',
} satisfies KindTraits
