import 'server-only'
import { DescribeKeyCommand } from '@aws-sdk/client-kms'
import { z } from 'zod'
import { AwsProblem } from '../../../aws/errors'
import type { Place, AwsReader } from '../kind'
import { describeKey, keyArnOf } from './describe'
import { keyFacts, toKeyFacts } from './key-facts'
import { changeTag, listTags } from './tags-state'
import { splitArn } from '../../../kms/arn'

export const regionName = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d{1,2}$/, 'This is no name of a Region.')

export const multiRegionState = keyFacts.extend({
  /** Of the primary; null while KMS moves it (lib/kms/README.md, "Multi-Region keys"). */
  primaryRegion: z.string().nullable(),
  /** All Regions of the set, sorted. */
  regions: z.array(z.string()),
  /**
   * KeyState in the Region the change is about; null where the set is not in it, or AWS
   * does not show it there yet.
   */
  otherState: z.string().nullable(),
  /** The change of ours that made the key there. */
  otherChange: z.string().nullable(),
})
export type MultiRegionState = z.output<typeof multiRegionState>

/**
 * Reads the set as the key of the change names it, and the state of its member in `region`. Throws
 * AwsProblem.
 */
export async function readMultiRegion(
  read: AwsReader,
  place: Place,
  region: string,
): Promise<MultiRegionState> {
  const metadata = await describeKey(read, place)
  const { PrimaryKey, ReplicaKeys = [] } = metadata.MultiRegionConfiguration ?? {}
  const regions = [PrimaryKey, ...ReplicaKeys].flatMap((member) => member?.Region ?? []).sort()
  const there =
    regions.includes(region) && region !== place.region
      ? await readMember(read, inRegion(place, region), region)
      : { otherState: null, otherChange: null }
  return { ...toKeyFacts(metadata), primaryRegion: PrimaryKey?.Region ?? null, regions, ...there }
}

async function readMember(
  read: AwsReader,
  keyArn: string,
  region: string,
): Promise<Pick<MultiRegionState, 'otherState' | 'otherChange'>> {
  try {
    const { KeyMetadata } = await read.kms(
      'kms:DescribeKey',
      (kms) => kms.send(new DescribeKeyCommand({ KeyId: keyArn })),
      region,
    )
    const tags = await listTags(read, keyArn, region)
    return { otherState: KeyMetadata?.KeyState ?? null, otherChange: tags.get(changeTag) ?? null }
  } catch (error) {
    // The primary's Region knows of a new replica before the replica's own does (lib/kms/README.md,
    // "Multi-Region keys").
    if (error instanceof AwsProblem && error.kind === 'notFound')
      return { otherState: null, otherChange: null }
    throw error
  }
}

/**
 * Returns the ARN of the set's member in another Region: they share the key id (lib/kms/README.md,
 * "Multi-Region keys").
 */
export function inRegion(place: Place, region: string): string {
  const parts = splitArn(keyArnOf(place))
  parts[3] = region
  return parts.join(':')
}
