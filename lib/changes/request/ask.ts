/** What somebody asks for, as forms, playbooks and other pages send it. */
import 'server-only'
import { z } from 'zod'
import { boundedTime } from './bounded-time'
import { kindNames } from '../kinds/registry'

/** One request is decided by people who read it: more than this nobody reads. */
export const mostChanges = 100

const when = boundedTime('Say a date and time.')

const askedChange = z.object({
  kind: z.enum(kindNames),
  accountId: z
    .string()
    .regex(/^\d{12}$/, 'An account has 12 digits.')
    .nullable(),
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z0-9]+)+-\d$/, 'This is no Region.')
    .nullable(),
  keyArn: z.string().max(2_048).nullable(),
  /** Checked by the kind's own schema. */
  input: z.unknown(),
  /** Null: as soon as it is approved. */
  startsAt: when.nullable(),
  /**
   * Null: without an end, which takes a right where the kind has one; left
   * out: the usual time from now.
   */
  endsAt: when.nullable().optional(),
})
export type AskedChange = z.input<typeof askedChange>

export const askedRequest = z.object({
  title: z.string().trim().max(200, 'A title has at most 200 characters.').default(''),
  justification: z
    .string()
    .trim()
    .min(1, 'Say why this is needed.')
    .max(4_000, 'At most 4,000 characters.'),
  ticket: z
    .string()
    .trim()
    .max(500, 'At most 500 characters.')
    .transform((text) => text || null)
    .nullable()
    .default(null),
  template: z.string().max(100).nullable().default(null),
  continuesId: z.uuid().nullable().default(null),
  /** One's own draft that this one is instead of. */
  replacesId: z.uuid().nullable().default(null),
  changes: z
    .array(askedChange)
    .min(1, 'Name a change.')
    .max(mostChanges, `At most ${mostChanges} changes in one request.`),
})
export type AskedRequest = z.input<typeof askedRequest>
