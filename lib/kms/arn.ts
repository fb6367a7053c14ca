/** The six parts of an ARN. */
export interface Arn {
  partition: string
  service: string
  region: string
  account: string
  resource: string
}

/**
 * Parses an ARN; null for what has fewer than six parts or does not begin with `arn`. Further
 * colons belong to the resource.
 */
export function parseArn(text: string): Arn | null {
  if (!text.startsWith('arn:')) return null
  const parts = splitArn(text)
  if (parts.length < 6) return null
  const [, partition = '', service = '', region = '', account = '', resource = ''] = parts
  return { partition, service, region, account, resource }
}

/** Returns at most six parts, split at the first five colons. */
export function splitArn(text: string): string[] {
  const parts: string[] = []
  let from = 0
  while (parts.length < 5) {
    const colon = text.indexOf(':', from)
    if (colon < 0) break
    parts.push(text.slice(from, colon))
    from = colon + 1
  }
  parts.push(text.slice(from))
  return parts
}

export const accountPattern = /^\d{12}$/
/**
 * Unique ids that IAM shows in place of deleted principals: AIDA (user), AROA (role), and the rest
 * of the family.
 */
export const uniqueIdPattern = /^A(?:IDA|ROA|GPA|IPA|NPA|NVA|PKA|SCA|BIA|CCA)[A-Z0-9]{8,}$/
export const partitionPattern = /^aws(?:-[a-z0-9-]+)?$/

/** Returns the account that an ARN names; '' for what names none. */
export const accountOfArn = (arn: string): string => splitArn(arn)[4] ?? ''
/** Returns the partition that an ARN names; `aws` for what is no ARN. */
export const partitionOfArn = (arn: string | null | undefined): string =>
  parseArn(arn ?? '')?.partition || 'aws'

/**
 * Partitions by how the codes of their Regions begin; all others are of `aws` (partitions.json of
 * the AWS SDKs).
 */
export const partitionsOfRegions: Readonly<Record<string, string>> = {
  'cn-': 'aws-cn',
  'us-gov-': 'aws-us-gov',
  'us-iso-': 'aws-iso',
  'us-isob-': 'aws-iso-b',
  'eu-isoe-': 'aws-iso-e',
  'us-isof-': 'aws-iso-f',
  'eusc-': 'aws-eusc',
}

/** A key by the parts of its ARN. */
export interface KeyPlace {
  partition: string
  region: string
  accountId: string
  keyId: string
}

const keyArnPattern = /^arn:([^:]+):kms:([^:]+):(\d{12}):key\/([\w-]+)$/

/** Parses the ARN of a KMS key; null for what is none. */
export function parseKeyArn(arn: string): KeyPlace | null {
  const [, partition, region, accountId, keyId] = keyArnPattern.exec(arn) ?? []
  return partition && region && accountId && keyId ? { partition, region, accountId, keyId } : null
}

/** Returns the address of a key's page in the console. */
export const keyPath = ({ accountId, region, keyId }: Omit<KeyPlace, 'partition'>): string =>
  `/keys/${accountId}/${region}/${encodeURIComponent(keyId)}`

/** Returns the address of a key's page by its ARN; null for what is not the ARN of a KMS key. */
export function keyPathOf(arn: string): string | null {
  const place = parseKeyArn(arn)
  return place && keyPath(place)
}
