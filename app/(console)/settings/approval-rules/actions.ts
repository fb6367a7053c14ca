'use server'

import { z } from 'zod'
import { approvalRulesSchema } from '@/lib/changes/rules/schema'
import { action } from '@/lib/door/action'
import { askForRules } from '@/lib/settings/approval-rules'

export const requestRules = action(
  'requests.create',
  z.object({
    rules: approvalRulesSchema,
    version: z.int(),
    title: z.string().trim().max(200, 'A title has at most 200 characters.'),
    justification: z
      .string()
      .trim()
      .min(1, 'Say why this is needed.')
      .max(4_000, 'At most 4,000 characters.'),
    ticket: z.string().trim().max(500, 'At most 500 characters.'),
  }),
  askForRules,
)
