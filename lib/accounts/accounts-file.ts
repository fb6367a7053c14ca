import 'server-only'
import { z } from 'zod'
import { accountOfArn } from '../kms/arn'

const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits')
const roleArn = z
  .string()
  .regex(/^arn:aws[a-z0-9-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'must be the ARN of an IAM role')

export const accountInput = z
  .strictObject({
    id: accountId,
    name: z.string().trim().min(1, 'must not be empty').max(200),
    readRoleArn: roleArn.nullish().transform((arn) => arn ?? null),
    writeRoleArn: roleArn.nullish().transform((arn) => arn ?? null),
    regions: z
      .array(z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must be a Region such as eu-central-1'))
      .default([]),
  })
  .superRefine((account, context) => {
    for (const field of ['readRoleArn', 'writeRoleArn'] as const) {
      const arn = account[field]
      if (arn !== null && accountOfArn(arn) !== account.id)
        context.addIssue({
          code: 'custom',
          path: [field],
          message: `is a role of account ${accountOfArn(arn)}, not of ${account.id}`,
        })
    }
  })
export type AccountInput = z.output<typeof accountInput>

const accountsFile = z.array(accountInput).superRefine((accounts, context) => {
  const ids = accounts.map((account) => account.id)
  ids.forEach((id, index) => {
    if (ids.indexOf(id) !== index)
      context.addIssue({
        code: 'custom',
        path: [index, 'id'],
        message: `${id} stands in the list twice`,
      })
  })
})

/**
 * Reads the text of CLAVIGER_ACCOUNTS_FILE. Throws an Error in one line that
 * says where and what is wrong.
 */
export function parseAccountsFile(text: string, file: string): AccountInput[] {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new Error(`${file} is no JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const parsed = accountsFile.safeParse(value)
  if (parsed.success) return parsed.data
  const [issue, ...more] = parsed.error.issues
  const where =
    issue?.path
      .map((step) => (typeof step === 'number' ? `account ${step + 1}` : String(step)))
      .join(', ') || 'the list'
  throw new Error(
    `${file}: ${where}: ${issue?.message ?? 'is wrong'}${more.length > 0 ? ` (and ${more.length} more)` : ''}`,
  )
}
