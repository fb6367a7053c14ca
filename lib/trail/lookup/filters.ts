import type { LookupAttribute } from '@aws-sdk/client-cloudtrail'
import { operations } from '../../kms/operations'

/**
 * What LookupEvents is asked for: it takes one attribute. Page:
 * https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
 */
export type LookupFilter = LookupAttribute

/** Every event of KMS. */
export const everyEvent: LookupFilter = {
  AttributeKey: 'EventSource',
  AttributeValue: 'kms.amazonaws.com',
}
/** Every change, of other services too. */
export const everyChange: LookupFilter = { AttributeKey: 'ReadOnly', AttributeValue: 'false' }

const reads =
  /^(?:Get|List|Describe|Encrypt|Decrypt|ReEncrypt|Generate|Sign$|Verify|Derive|Encaps|Decaps)/
/**
 * What KMS does by itself. Page:
 * https://docs.aws.amazon.com/kms/latest/developerguide/understanding-kms-entries.html
 */
const byItself = [
  'DeleteExpiredKeyMaterial',
  'DeleteKey',
  'RotateKey',
  'SynchronizeMultiRegionKey',
] as const

/** The names of the operations that change something, each a pass of its own. */
export const changeNames: readonly string[] = [
  ...Object.keys(operations).filter((name) => !reads.test(name)),
  ...byItself,
].toSorted()

export const changesNamed = (name: string): LookupFilter => ({
  AttributeKey: 'EventName',
  AttributeValue: name,
})
