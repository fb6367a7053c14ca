import { parseKeyArn, partitionOfArn } from '../kms/arn'
import { listOf, memberOf, textOf, type Json } from './json'

/** A key by its ID alone, which KMS looks for in the caller's account and Region. */
const keyIdPattern = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/
const arnInWords = /arn:aws[a-z0-9-]*:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+/

/** AWS bounds the key ID of a request to 2,048 characters; the ARN of a key is far shorter. */
const longestArn = 300

const parameters = ['keyId', 'sourceKeyId', 'destinationKeyId', 'targetKeyId'] as const

/**
 * Returns the ARNs of the keys that a record is about, the first of all first. `resources` is what
 * AWS says; parameters are what the caller typed, and count where they are an ARN. A refusal often
 * has neither and names the key in its words (lib/trail/README.md, "Keys").
 */
export function keysOf(record: Json, place: { accountId: string; region: string }): string[] {
  const found: string[] = []
  for (const resource of listOf(record, 'resources'))
    add(found, textOf(resource, 'ARN') ?? textOf(resource, 'arn'))
  const request = memberOf(record, 'requestParameters')
  const response = memberOf(record, 'responseElements')
  for (const name of parameters) add(found, textOf(request, name))
  if (response !== null) {
    add(found, textOf(response, 'keyId'))
    add(found, textOf(memberOf(response, 'keyMetadata'), 'arn'))
    add(found, textOf(memberOf(response, 'replicaKeyMetadata'), 'arn'))
  }
  if (found.length > 0) return found
  add(found, arnInWords.exec(textOf(record, 'errorMessage') ?? '')?.[0] ?? null)
  if (found.length > 0) return found
  const partition = partitionOfArn(textOf(memberOf(record, 'userIdentity'), 'arn'))
  for (const name of parameters) {
    const id = textOf(request, name)
    if (id !== null && keyIdPattern.test(id))
      add(found, `arn:${partition}:kms:${place.region}:${place.accountId}:key/${id}`)
  }
  return found
}

function add(found: string[], arn: string | null): void {
  if (arn === null || arn.length > longestArn || found.includes(arn)) return
  if (parseKeyArn(arn)) found.push(arn)
}
