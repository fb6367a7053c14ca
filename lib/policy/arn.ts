/** The six parts of an ARN. */
export interface Arn { partition: string, service: string, region: string, account: string, resource: string }

/** null for what has fewer than six parts or does not begin with `arn`. Further colons belong to the resource. */
export function parseArn(text: string): Arn | null {
  if (!text.startsWith('arn:')) return null
  const parts = splitArn(text)
  if (parts.length < 6) return null
  const [, partition = '', service = '', region = '', account = '', resource = ''] = parts
  return { partition, service, region, account, resource }
}

/** At most six parts, split at the first five colons. */
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
/** Unique ids that IAM shows in place of deleted principals: AIDA (user), AROA (role), and the rest of the family. */
export const uniqueIdPattern = /^A(?:IDA|ROA|GPA|IPA|NPA|NVA|PKA|SCA|BIA|CCA)[A-Z0-9]{8,}$/
export const partitionPattern = /^aws(?:-[a-z0-9-]+)?$/
