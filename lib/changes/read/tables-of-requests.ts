import type { Versioned } from '../../db/versions'

/** What is read to say which requests there are and which of them wait for a person. */
export const tablesOfWaiting = [
  'Approval',
  'Assignment',
  'Change',
  'Delegate',
  'Person',
  'PersonLink',
  'Request',
] as const satisfies readonly Versioned[]

/** What is read to show one request. */
export const tablesOfOne = [
  ...tablesOfWaiting,
  'Account',
  'AuditEntry of requests',
  'Key names',
  'RequestComment',
  'Setting',
] as const satisfies readonly Versioned[]
