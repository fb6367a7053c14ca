/** Tries a source before it is saved: list, read one file, verify one digest. */
import 'server-only'
import { forgetClients } from '@/lib/aws/clients'
import { forgetCredentials } from '@/lib/aws/credentials'
import { AwsProblem } from '@/lib/aws/errors'
import type { Permit } from '../../auth/permit'
import { accountOfArn } from '../../kms/arn'
import { readLog } from '../read-file'
import { readDigest } from './check-digests'
import type { LogSourceInput } from './input'
import {
  dayFolder,
  digestFolder,
  isOrganizationName,
  logFolder,
  readDigestName,
  timeOfLog,
  topFolder,
  trailHome,
  trailName,
  type Folder,
} from './names'
import { listFolders } from './places'
import { openBucket, type BucketReader } from './reader'
import { problemWords } from './words'

export type Check = {
  name: 'list' | 'read' | 'digest'
  /** `none`: there is nothing to try it with yet. */
  state: 'passed' | 'failed' | 'none'
  words: string
}

const patienceMs = 30_000
const dayMs = 86_400_000
/** Folders that are looked into for a file to try: most can be quiet, or new. */
const mostTried = 100
const sideBySide = 3

/** Tries what reading will do. What fails is told in words; nothing is stored. */
export async function checkLogSource(
  _permit: Permit<'trail.manage'>,
  input: LogSourceInput,
): Promise<Check[]> {
  // A refusal before the role was deployed is not remembered.
  forgetCredentials(input.roleArn)
  forgetClients(input.roleArn)
  const reader = openBucket(input, { deadlineMs: patienceMs })
  const checks: Check[] = []
  const attempt = async <T>(
    name: Check['name'],
    run: () => Promise<[Check['state'], string, T]>,
  ) => {
    try {
      const [state, words, found] = await run()
      checks.push({ name, state, words })
      return state === 'failed' ? null : found
    } catch (error) {
      if (!(error instanceof AwsProblem)) throw error
      checks.push({ name, state: 'failed', words: problemWords(error, input) })
      return null
    }
  }
  const found = await attempt('list', () => tryList(reader, input))
  if (found === null) return checks
  const folders = likeliestFirst(found, input)
  const active = await attempt('read', () => tryRead(reader, input, folders))
  // Where there are log files there are digests, an hour later.
  const first = active ? [active, ...folders] : folders
  if (input.validates) await attempt('digest', () => tryDigest(reader, input, first))
  return checks
}

/** Something is logged each day where the trail is at home. */
function likeliestFirst(folders: readonly Folder[], { trailArn }: LogSourceInput): Folder[] {
  const distance = ({ accountId, region }: Folder) =>
    Number(region !== trailHome(trailArn)) + Number(accountId !== accountOfArn(trailArn))
  return folders.toSorted((a, b) => distance(a) - distance(b))
}

async function tryList(
  reader: BucketReader,
  input: LogSourceInput,
): Promise<[Check['state'], string, Folder[]]> {
  const folders = await listFolders(reader, input)
  const accounts = new Set(folders.map(({ accountId }) => accountId)).size
  if (folders.length > 0)
    return ['passed', `${accounts} accounts, ${folders.length} folders of a Region`, folders]
  const top = topFolder(input.prefix)
  const there = await reader.listFolders(top)
  const where = `s3://${input.bucket}/${top}`
  if (there.length === 0)
    return ['failed', `There is nothing below ${where}. Check the prefix.`, folders]
  const isOther = there.some(isOrganizationName) !== input.isOrganization
  const hint = isOther
    ? `It is laid out as a trail of ${input.isOrganization ? 'one account' : 'an organization'}.`
    : `It holds ${there.slice(0, 3).join(', ')}.`
  return ['failed', `No log files of this trail are below ${where}. ${hint}`, folders]
}

async function tryRead(
  reader: BucketReader,
  input: LogSourceInput,
  folders: readonly Folder[],
): Promise<[Check['state'], string, Folder | null]> {
  const pathOf = (folder: Folder) => logFolder(input.prefix, folder)
  const found = await findFile(reader, folders, pathOf, (name) => timeOfLog(name) !== null)
  if (found === null) return ['none', 'No log file is there yet to try.', null]
  const { folder, object } = found
  const { body } = await reader.open(pathOf(folder) + object)
  const { records, problem } = await readLog(body, () => Promise.resolve())
  const count = `${records.toLocaleString('en')} ${records === 1 ? 'record' : 'records'}`
  return problem === null
    ? ['passed', `${object} has ${count}`, folder]
    : ['failed', `${pathOf(folder)}${object} ${problem}.`, folder]
}

const noDigest =
  'This trail has no digest here. Turn on log file validation and wait an hour, or leave digests ' +
  'out: then nobody can tell whether log files were altered.'

async function tryDigest(
  reader: BucketReader,
  input: LogSourceInput,
  folders: readonly Folder[],
): Promise<[Check['state'], string, null]> {
  const isOurs = (name: string) => {
    const named = readDigestName(name)
    return named?.trail === trailName(input.trailArn) && named.home === trailHome(input.trailArn)
  }
  const pathOf = (folder: Folder) => digestFolder(input.prefix, folder)
  const found = await findFile(reader, folders, pathOf, isOurs)
  if (found === null) return ['failed', noDigest, null]
  const { folder, object } = found
  const read = await readDigest(reader, input, folder.region, pathOf(folder) + object)
  return read.digest === null
    ? ['failed', `${read.problem}: ${pathOf(folder)}${object}`, null]
    : ['passed', `${object} is signed by CloudTrail`, null]
}

type Found = { folder: Folder; object: string }

/** A file of the last two days, or else an older one; null: there is none in these folders. */
async function findFile(
  reader: BucketReader,
  folders: readonly Folder[],
  pathOf: (folder: Folder) => string,
  isWanted: (name: string) => boolean,
): Promise<Found | null> {
  const recent = dayFolder(new Date(Date.now() - 2 * dayMs))
  const look = async (folder: Folder, after: string): Promise<Found | null> => {
    for await (const names of reader.listFiles(pathOf(folder), after)) {
      const object = names.findLast(isWanted)
      return object === undefined ? null : { folder, object }
    }
    return null
  }
  for (let at = 0; at < Math.min(folders.length, mostTried); at += sideBySide) {
    const some = folders.slice(at, at + sideBySide)
    const found = await Promise.all(some.map((folder) => look(folder, recent)))
    const first = found.find((one) => one !== null)
    if (first) return first
  }
  const older = await Promise.all(folders.slice(0, sideBySide).map((folder) => look(folder, '')))
  return older.find((one) => one !== null) ?? null
}
