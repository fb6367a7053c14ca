import 'server-only'
import { DescribeKeyCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { AwsProblem } from '../../../aws/errors'
import type { Place, AwsReader } from '../kind'
import { toKeyFacts } from './key-facts'

/**
 * An alias that can be asked for: without a colon, which AWS's pattern allows and its text forbids,
 * and not below alias/aws/, which AWS keeps for itself (lib/kms/README.md, "Calls and errors").
 */
export const aliasName = z
  .string()
  .regex(/^alias\/[a-zA-Z0-9/_-]+$/, 'An alias is alias/ and letters, digits, /, _ or -.')
  .max(256, 'An alias has at most 256 characters.')
  .refine(
    (name) => !name.startsWith('alias/aws/'),
    'Aliases that begin with alias/aws/ are AWS’s own.',
  )

export const keyArnPattern = /^arn:[\w-]+:kms:[\w-]+:\d{12}:key\/[\w-]+$/

export const aliasTarget = z.object({
  keyArn: z.string(),
  keySpec: z.string(),
  keyUsage: z.string(),
  keyManager: z.string(),
})
export type AliasTarget = z.output<typeof aliasTarget>

/**
 * Returns the key an alias names now; null when there is no such alias. Refuses alias/aws/…, since
 * DescribeKey of one makes a key (lib/kms/README.md, "Calls and errors"). Throws AwsProblem.
 */
export async function findAliasTarget(read: AwsReader, name: string): Promise<AliasTarget | null> {
  if (name.startsWith('alias/aws/')) throw new Error('aliases of AWS are never described')
  try {
    const { KeyMetadata } = await read.kms('kms:DescribeKey', (kms) =>
      kms.send(new DescribeKeyCommand({ KeyId: name })),
    )
    if (!KeyMetadata?.Arn) throw new Error('DescribeKey answered without metadata')
    const { keySpec, keyUsage, keyManager } = toKeyFacts(KeyMetadata)
    return { keyArn: KeyMetadata.Arn, keySpec, keyUsage, keyManager }
  } catch (error) {
    if (error instanceof AwsProblem && error.kind === 'notFound') return null
    throw error
  }
}

export const aliasArnOf = ({ partition, region, accountId }: Place, name: string): string =>
  `arn:${partition}:kms:${region}:${accountId}:${name}`
export const keyIdOf = (arn: string): string => arn.split('/').at(-1) ?? arn
