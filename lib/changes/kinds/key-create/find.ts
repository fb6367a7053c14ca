import 'server-only'
import { DescribeKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms'
import { AwsProblem } from '../../../aws/errors'
import { isAccountWideDenial } from '../../../aws/problem'
import type { AwsReader } from '../kind'
import { changeTag, listTags } from '../shared/tags-state'

const atOnce = 10

/** `hidden`: keys that could not be read, of which one might be it. */
export type Found = { keyArn: string | null; hidden: number }

/**
 * Finds the key that a change of ours made, by its tag: of all keys of the Region those created
 * since are asked for their tags. Costs one ListKeys for each thousand keys and one DescribeKey
 * each, so it is done only after a call that might have reached AWS. Throws AwsProblem.
 */
export async function findCreatedKey(
  read: AwsReader,
  changeId: string,
  since: Date,
): Promise<Found> {
  const arns = await listKeyArns(read)
  let hidden = 0
  for (let at = 0; at < arns.length; at += atOnce) {
    const seen = await Promise.all(
      arns.slice(at, at + atOnce).map((arn) => look(read, arn, changeId, since)),
    )
    const found = seen.find((one) => one !== 'hidden' && one !== null)
    if (found) return { keyArn: found, hidden: 0 }
    hidden += seen.filter((one) => one === 'hidden').length
  }
  return { keyArn: null, hidden }
}

async function look(
  read: AwsReader,
  arn: string,
  changeId: string,
  since: Date,
): Promise<string | 'hidden' | null> {
  try {
    const { KeyMetadata } = await read.kms('kms:DescribeKey', (kms) =>
      kms.send(new DescribeKeyCommand({ KeyId: arn })),
    )
    if (
      !KeyMetadata ||
      KeyMetadata.KeyManager === 'AWS' ||
      (KeyMetadata.CreationDate && KeyMetadata.CreationDate < since)
    )
      return null
    return (await listTags(read, arn)).get(changeTag) === changeId ? arn : null
  } catch (error) {
    // A role that may describe no key at all would not see ours either: then nothing is
    // known, and that is an error.
    if (
      error instanceof AwsProblem &&
      error.kind === 'denied' &&
      !isAccountWideDenial(error.message)
    )
      return 'hidden'
    if (error instanceof AwsProblem && error.kind === 'notFound') return null
    throw error
  }
}

async function listKeyArns(read: AwsReader): Promise<string[]> {
  const arns: string[] = []
  let Marker: string | undefined
  do {
    const page = await read.kms('kms:ListKeys', (kms) =>
      kms.send(new ListKeysCommand({ Limit: 1000, Marker })),
    )
    arns.push(...(page.Keys ?? []).flatMap(({ KeyArn }) => KeyArn ?? []))
    Marker = page.Truncated ? page.NextMarker : undefined
  } while (Marker !== undefined)
  return arns
}
