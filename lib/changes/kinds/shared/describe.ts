import { DescribeKeyCommand, type KeyMetadata } from '@aws-sdk/client-kms'
import type { Place, AwsReader } from '../kind'

/** Returns the key a change is about. A kind about a key is only opened with one. */
export function keyArnOf({ keyArn }: Place): string {
  if (keyArn === null) throw new Error('this change names no key')
  return keyArn
}

/**
 * Returns KeyMetadata as AWS has it now. Throws AwsProblem, also notFound for a key that is
 * deleted.
 */
export async function describeKey(read: AwsReader, place: Place): Promise<KeyMetadata> {
  const { KeyMetadata: metadata } = await read.kms('kms:DescribeKey', (kms) =>
    kms.send(new DescribeKeyCommand({ KeyId: keyArnOf(place) })),
  )
  if (!metadata) throw new Error('DescribeKey answered without metadata')
  return metadata
}

/**
 * Says why nobody in the account can change the key; null: they can. AWS changes the keys it
 * manages by itself (lib/kms/README.md, "Who manages a key").
 */
export function refuseForManager(keyManager: string): string | null {
  return keyManager === 'AWS'
    ? 'This is an AWS managed key: only the AWS service that owns it changes it.'
    : null
}
