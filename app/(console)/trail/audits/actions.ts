'use server'

import { z } from 'zod'
import {
  checkUsageAudit as check,
  makeUsageAudit as make,
} from '@/lib/changes/usage-audit/usage-audits'
import { action } from '@/lib/door/action'
import { parseKeyArn } from '@/lib/kms/arn'

const day = z.iso.date('Choose a day.')
const keyArn = z
  .string()
  .max(300)
  .refine((text) => parseKeyArn(text) !== null, 'One of these is not the ARN of a KMS key.')

export const makeUsageAudit = action(
  'trail.audit',
  z.object({
    title: z.string().trim().min(3, 'Say what it is for.').max(200, 'At most 200 characters.'),
    from: day,
    until: day,
    accounts: z.array(z.string().regex(/^\d{12}$/)).max(1_000),
    keys: z.array(keyArn).max(1_000, 'At most 1,000 keys.'),
    tag: z
      .object({
        name: z.string().trim().min(1, 'Name the tag.').max(128),
        value: z.string().max(256),
      })
      .nullable(),
    owner: z.string().trim().min(1).max(200).nullable(),
  }),
  make,
)
export const checkUsageAudit = action(
  'trail.audit',
  z.object({ id: z.uuid('This is no id of ours.') }),
  check,
)
