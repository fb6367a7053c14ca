/**
 * The kinds of change as forms know them. Pure and small: the kinds themselves hold AWS calls and
 * never come into a browser.
 */
import type { HouseKindName, KindName } from '@/lib/changes/kinds/kind'

/** Changes of this installation have forms of their own, in the settings. */
export type FormKindName = Exclude<KindName, HouseKindName>
export type FormKind = {
  name: FormKindName
  label: string
  group: 'Grants' | 'Policy' | 'State' | 'Rotation' | 'Aliases and tags' | 'Keys' | 'Quotas'
  about: 'key' | 'region'
  /** As the kind has it: an end unless one may go without; an end if one likes; none. */
  end: 'default' | 'optional' | 'never'
  /** One line: what it does. */
  words: string
  /** What happens at its end, for kinds that have one. */
  atEnd?: string
  /** Asked for at one key at a time, since what it names belongs to that key. */
  oneKey?: boolean
  /** What is usually wanted once it is done. */
  next?: { kind: FormKindName; words: string; label: string }
}

const wasBefore = 'At its end it is put back to what it was before.'

/** Held against the kinds themselves by kinds.test.ts. */
export const formKinds: readonly FormKind[] = [
  {
    name: 'grant-create',
    label: 'Create a grant',
    group: 'Grants',
    about: 'key',
    end: 'default',
    words: 'Lets a principal or an AWS service use the key for certain operations, for a time.',
    atEnd: 'At its end the grant is revoked.',
  },
  {
    name: 'grant-revoke',
    label: 'Revoke a grant',
    group: 'Grants',
    about: 'key',
    end: 'never',
    words: 'Ends a grant now. Whoever works through it is refused.',
    oneKey: true,
  },
  {
    name: 'grant-retire',
    label: 'Retire a grant',
    group: 'Grants',
    about: 'key',
    end: 'never',
    words: 'Gives a grant up as the party that may retire it.',
    oneKey: true,
  },
  {
    name: 'grant-adopt',
    label: 'Adopt a grant',
    group: 'Grants',
    about: 'key',
    end: 'default',
    words: 'Gives a grant that nobody knows an owner, a reason and an end.',
    atEnd: 'At its end the grant is revoked.',
    oneKey: true,
  },
  {
    name: 'policy-put',
    label: 'Change the key policy',
    group: 'Policy',
    about: 'key',
    end: 'optional',
    words: 'Replaces the key policy by the one written here.',
    atEnd: 'At its end the policy of before is put back, unless someone has changed it since.',
  },
  {
    name: 'key-enable',
    label: 'Enable the key',
    group: 'State',
    about: 'key',
    end: 'optional',
    words: 'Makes a disabled key usable again.',
    atEnd: 'At its end the key is disabled again.',
  },
  {
    name: 'key-disable',
    label: 'Disable the key',
    group: 'State',
    about: 'key',
    end: 'optional',
    words: 'Refuses every use of the key; nothing is lost, and it can be enabled again.',
    atEnd: 'At its end the key is enabled again.',
  },
  {
    name: 'deletion-schedule',
    label: 'Schedule the deletion of the key',
    group: 'State',
    about: 'key',
    end: 'never',
    words:
      'Refuses every use from now on, and destroys the key after a waiting period. What it encrypted is lost then.',
  },
  {
    name: 'deletion-cancel',
    label: 'Cancel the deletion of the key',
    group: 'State',
    about: 'key',
    end: 'never',
    words: 'Keeps a key that waits to be deleted. It is Disabled afterwards.',
    next: {
      kind: 'key-enable',
      words: 'Cancelling the deletion leaves the key Disabled. Enable it to use it again.',
      label: 'Enable the key…',
    },
  },
  {
    name: 'rotation-enable',
    label: 'Rotate automatically',
    group: 'Rotation',
    about: 'key',
    end: 'optional',
    words: 'Lets KMS make new key material by schedule, or changes the period.',
    atEnd: wasBefore,
  },
  {
    name: 'rotation-disable',
    label: 'Stop rotating automatically',
    group: 'Rotation',
    about: 'key',
    end: 'optional',
    words: 'KMS makes no new key material by schedule any more.',
    atEnd: wasBefore,
  },
  {
    name: 'rotate-now',
    label: 'Rotate now',
    group: 'Rotation',
    about: 'key',
    end: 'never',
    words: 'New key material at once. AWS allows it 25 times in the life of a key.',
  },
  {
    name: 'alias-create',
    label: 'Create an alias',
    group: 'Aliases and tags',
    about: 'key',
    end: 'never',
    words: 'A name for the key.',
    oneKey: true,
  },
  {
    name: 'alias-update',
    label: 'Move an alias to this key',
    group: 'Aliases and tags',
    about: 'key',
    end: 'optional',
    words: 'An alias of another key in the same account and Region names this key from then on.',
    atEnd: 'At its end the alias names the key of before again.',
    oneKey: true,
  },
  {
    name: 'alias-delete',
    label: 'Delete an alias',
    group: 'Aliases and tags',
    about: 'key',
    end: 'never',
    words: 'The name is gone; whoever uses the key by it is refused.',
    oneKey: true,
  },
  {
    name: 'tag',
    label: 'Set tags',
    group: 'Aliases and tags',
    about: 'key',
    end: 'optional',
    words: 'Adds tags, or gives those that are there another value.',
    atEnd: 'At its end these tags have their values of before.',
  },
  {
    name: 'untag',
    label: 'Remove tags',
    group: 'Aliases and tags',
    about: 'key',
    end: 'never',
    words: 'Takes tags off.',
  },
  {
    name: 'description',
    label: 'Change the description',
    group: 'Aliases and tags',
    about: 'key',
    end: 'optional',
    words: 'Replaces the text that describes the key.',
    atEnd: 'At its end the description is the one of before.',
  },
  {
    name: 'key-create',
    label: 'Create a key',
    group: 'Keys',
    about: 'region',
    end: 'never',
    words: 'A new key in an account and Region.',
  },
  {
    name: 'replicate',
    label: 'Replicate to another Region',
    group: 'Keys',
    about: 'key',
    end: 'never',
    words: 'A replica of a multi-Region primary key, with the same key material.',
  },
  {
    name: 'primary-update',
    label: 'Move the primary key to another Region',
    group: 'Keys',
    about: 'key',
    end: 'never',
    words: 'Makes a replica the primary key of its multi-Region set.',
  },
  {
    name: 'quota-increase',
    label: 'Ask AWS for a higher quota',
    group: 'Quotas',
    about: 'region',
    end: 'never',
    words: 'A request to AWS to raise one of the quotas of KMS in an account and Region.',
  },
]

export const formGroups = [...new Set(formKinds.map(({ group }) => group))]

export const findFormKind = (name: string): FormKind | null =>
  formKinds.find((kind) => kind.name === name) ?? null

/** As many changes as one request may hold (lib/changes/request/ask.ts). */
export const mostKeys = 100
