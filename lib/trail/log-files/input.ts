/** What a person says of a trail and its bucket. */
import 'server-only'
import { z } from 'zod'
import { isRegionName } from './names'

const trailArn = z
  .string()
  .trim()
  .regex(
    /^arn:aws[a-z0-9-]*:cloudtrail:[a-z0-9-]+:\d{12}:trail\/[\w.-]{3,128}$/,
    'This is not the ARN of a trail: arn:aws:cloudtrail:REGION:ACCOUNT:trail/NAME.',
  )
const bucket = z
  .string()
  .trim()
  .regex(
    /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/,
    'This is not the name of a bucket, without s3:// and folders.',
  )
const prefix = z
  .string()
  .trim()
  .max(200, 'A prefix has at most 200 characters.')
  .refine((text) => !/^\/|\/$|(?:^|\/)AWSLogs(?:\/|$)/.test(text), {
    message: 'Only what stands before AWSLogs/, without a slash at its ends.',
  })
const bucketRegion = z
  .string()
  .trim()
  .refine(isRegionName, 'This is not a Region such as eu-central-1.')
const roleArn = z
  .string()
  .trim()
  .regex(
    /^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/,
    'This is not the ARN of an IAM role.',
  )

const longestDays = 2_557

export const logSourceInput = z.object({
  trailArn,
  bucket,
  prefix,
  bucketRegion,
  roleArn,
  isOrganization: z.boolean(),
  validates: z.boolean(),
  /** Log files of so many days are read at first. */
  days: z
    .number('How many days?')
    .int('Whole days.')
    .min(0, 'Not in the future.')
    .max(longestDays, 'At most seven years.'),
})
export type LogSourceInput = z.output<typeof logSourceInput>
