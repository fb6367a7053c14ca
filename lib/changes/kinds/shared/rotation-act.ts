import { DisableKeyRotationCommand, EnableKeyRotationCommand } from '@aws-sdk/client-kms'
import type { Facts, Place, AwsWriter } from '../kind'
import { keyArnOf } from './describe'

/**
 * Sets automatic rotation to a period in days, or off with null. A second call with the same period
 * changes nothing. Throws AwsProblem.
 */
export async function setRotation(
  write: AwsWriter,
  place: Place,
  periodDays: number | null,
): Promise<Facts> {
  const KeyId = keyArnOf(place)
  if (periodDays === null)
    await write.kms('kms:DisableKeyRotation', (kms) =>
      kms.send(new DisableKeyRotationCommand({ KeyId })),
    )
  else
    await write.kms('kms:EnableKeyRotation', (kms) =>
      kms.send(new EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: periodDays })),
    )
  return { rotationPeriodInDays: periodDays }
}
