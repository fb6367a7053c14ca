import type { KindTraits } from '../traits'
import { nameOfState } from '../../../kms/state-names'

export const traits = {
  name: 'deletion-cancel',
  label: 'Cancel the deletion of the key',
  group: 'State',
  about: 'key',
  end: 'never',
  exclusive: true,
  words: 'Keeps a key that waits to be deleted. It is Disabled afterwards.',
  next: {
    kind: 'key-enable',
    words: 'Cancelling the deletion leaves the key Disabled. Enable it to use it again.',
    label: 'Enable the key…',
  },
  whilePending: true,
  whyNot: ({ keyState }) =>
    keyState === null ? null : `The key is ${nameOfState(keyState)}: no deletion is scheduled.`,
} satisfies KindTraits
