import { z } from 'zod'
import { roles } from '@/lib/auth/permissions'
import { route } from '@/lib/door/route'
import { previewDeciders } from '@/lib/settings/preview-deciders'

const flag = z
  .enum(['0', '1'])
  .default('0')
  .transform((value) => value === '1')

/**
 * Who could decide about a change that the asker would ask for, under demands that some rules make;
 * and what the key says of itself.
 */
export const GET = route(
  'requests.read',
  z.object({
    account: z
      .string()
      .regex(/^\d{12}$/)
      .optional(),
    arn: z.string().max(2_048).optional(),
    approvals: z.coerce.number().int().min(1).max(5).default(1),
    owner: flag,
    /** Names with commas between; left out: any role that decides. */
    roles: z
      .string()
      .max(200)
      .transform((text) => text.split(',').filter(Boolean))
      .pipe(z.array(z.enum(roles)))
      .optional(),
  }),
  previewDeciders,
)
