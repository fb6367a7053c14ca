/** Lists and reads a trail's bucket through the trail role, within the request budget. */
import 'server-only'
import { ListPublicKeysCommand } from '@aws-sdk/client-cloudtrail'
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import { callAws, type CallPlace } from '@/lib/aws/call'
import { openCloudTrail, openS3, type Reader } from '@/lib/aws/clients'
import { AwsProblem } from '@/lib/aws/errors'
import { listTokenPages } from '@/lib/aws/pages'
import { env } from '@/lib/env'
import { accountOfArn } from '../../kms/arn'

/** Where log files are, and with which role they are read. */
type Bucket = { bucket: string; bucketRegion: string; roleArn: string }

export type BucketReader = {
  /** Names of folders directly below one, without its own name and the slash. */
  listFolders: (prefix: string) => Promise<string[]>
  /** Pages of keys below a folder, after one; without the folder's name. */
  listFiles: (folder: string, after: string) => AsyncGenerator<string[]>
  /** The bytes of a file as they come, and what S3 keeps beside it. */
  open: (key: string) => Promise<{ body: AsyncIterable<Uint8Array>; metadata: Metadata }>
  /** A public key of CloudTrail in a Region that was valid at a time; undefined: it has none such. */
  findPublicKey: (wanted: WantedKey) => Promise<Uint8Array | undefined>
}
type WantedKey = { region: string; at: Date; fingerprint: string }
type Metadata = Readonly<Record<string, string>>

/**
 * Opens a bucket. Each call names the account that must own it: a bucket of the same name that
 * somebody else made after ours was deleted is refused. What its calls throw is AwsProblem.
 */
export function openBucket(
  { bucket, bucketRegion: region, roleArn }: Bucket,
  options: Pick<CallPlace, 'signal' | 'deadlineMs'> = {},
): BucketReader {
  const reader: Reader = { roleArn, region, externalId: env().CLAVIGER_EXTERNAL_ID ?? '' }
  const accountId = accountOfArn(roleArn)
  const place: CallPlace = { accountId, region, ...options }
  const s3 = openS3(reader)
  const named = { Bucket: bucket, ExpectedBucketOwner: accountId }
  const abort = { abortSignal: options.signal }
  const list = (input: { Prefix: string; Delimiter?: string; StartAfter?: string }) =>
    listTokenPages(
      (ContinuationToken) =>
        callAws(place, 's3:ListBucket', () =>
          s3.send(new ListObjectsV2Command({ ...named, ...input, ContinuationToken }), abort),
        ),
      ({ NextContinuationToken }) => NextContinuationToken,
    )
  /**
   * S3 refuses who asks for a file that is not there and cannot list the whole bucket, which the
   * trail role cannot: it is listed by its name.
   */
  const isMissing = async (error: unknown, Key: string) => {
    if (!(error instanceof AwsProblem && error.kind === 'denied' && error.api === 's3:GetObject'))
      return false
    for await (const { Contents = [] } of list({ Prefix: Key }))
      return !Contents.some((one) => one.Key === Key)
    return true
  }
  return {
    async listFolders(Prefix) {
      const found: string[] = []
      for await (const { CommonPrefixes = [] } of list({ Prefix, Delimiter: '/' }))
        found.push(...CommonPrefixes.map((one) => (one.Prefix ?? '').slice(Prefix.length, -1)))
      return found
    },
    async *listFiles(folder, after) {
      const StartAfter = after === '' ? undefined : folder + after
      for await (const { Contents = [] } of list({ Prefix: folder, StartAfter }))
        yield Contents.map(({ Key = '' }) => Key.slice(folder.length))
    },
    async open(Key) {
      const get = () => s3.send(new GetObjectCommand({ ...named, Key }), abort)
      const { Body, Metadata = {} } = await callAws(place, 's3:GetObject', get).catch(
        async (error: unknown) => {
          throw (await isMissing(error, Key)) ? noSuchKey(Key) : error
        },
      )
      if (!(Body && Symbol.asyncIterator in Body)) throw new Error(`S3 sent no body of ${Key}`)
      return { body: Body, metadata: Metadata }
    },
    async findPublicKey({ region: keysOf, at, fingerprint }) {
      const from = { ...reader, region: keysOf }
      const known = knownKeys.get(nameOf(keysOf, at))?.get(fingerprint)
      return known ?? (await readPublicKeys(from, place, at)).get(fingerprint)
    },
  }
}

const noSuchKey = (key: string) =>
  new AwsProblem('notFound', 'NoSuchKey', `${key} is not there`, 's3:GetObject')

const dayMs = 86_400_000
/** They are the same for every account. */
const knownKeys = new Map<string, ReadonlyMap<string, Uint8Array>>()
const mostKnown = 2_000
const startOfDay = (at: Date) => new Date(Math.floor(at.getTime() / dayMs) * dayMs)
const nameOf = (region: string, at: Date) => `${region} ${startOfDay(at).getTime()}`

/** Reads the keys that were valid within a day. */
async function readPublicKeys(reader: Reader, place: CallPlace, at: Date) {
  const StartTime = startOfDay(at)
  const EndTime = new Date(StartTime.getTime() + dayMs)
  const cloudTrail = openCloudTrail(reader)
  const keys = new Map<string, Uint8Array>()
  const pages = listTokenPages(
    (NextToken) =>
      callAws({ ...place, region: reader.region }, 'cloudtrail:ListPublicKeys', () =>
        cloudTrail.send(new ListPublicKeysCommand({ StartTime, EndTime, NextToken })),
      ),
    ({ NextToken }) => NextToken,
  )
  for await (const { PublicKeyList = [] } of pages)
    for (const { Fingerprint, Value } of PublicKeyList)
      if (Fingerprint && Value) keys.set(Fingerprint, Value)
  if (knownKeys.size >= mostKnown) knownKeys.clear()
  knownKeys.set(nameOf(reader.region, at), keys)
  return keys
}
