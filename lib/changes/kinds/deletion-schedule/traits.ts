import type { KindTraits } from '../traits'

export const traits = {
  name: 'deletion-schedule',
  label: 'Schedule the deletion of the key',
  group: 'State',
  about: 'key',
  end: 'never',
  exclusive: true,
  words:
    'Refuses every use from now on, and destroys the key after a waiting period. What it encrypted is lost then.',
} satisfies KindTraits
