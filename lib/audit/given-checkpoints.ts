import 'server-only'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseLine } from './checkpoint-file'
import { readTies, trustKeys, type TrustedKey } from './key-certificates'
import {
  checkpointSchema,
  isSignedBy,
  parsePublicKey,
  readSigningKey,
  type Checkpoint,
} from './signing'
import { readLines } from './stored'
import type { Expected } from './verify'

/**
 * The keys that are believed: those named, or else our own key file. Certificates beside the
 * checkpoints tie others to them.
 */
export type KeySources = { publicKeys: readonly string[]; keyFile: string | undefined }

/**
 * `keys`: which keys verified how many lines, and why they are believed.
 * `unsigned`: lines without a signature. `bad`: why the checkpoints themselves cannot be believed.
 * `unknown`: there was no key to check them with.
 */
export type Given = {
  expected: Expected[]
  keys: string[]
  unsigned: number
  bad: string | null
  unknown: string | null
}

const linkOf = checkpointSchema.pick({ seq: true, hash: true })

/**
 * Reads a file of checkpoints (a line of JSON each) and checks every signature. With `unsigned`,
 * lines without one are taken as they are: somebody carried them here by hand.
 * @throws what reading throws, and Error when it holds none.
 */
export async function readGiven(
  file: string,
  sources: KeySources,
  unsigned: boolean,
): Promise<Given> {
  const trusted = trustKeys(readKeys(sources), readTies(path.dirname(file)))
  const verified = new Map<string, number>()
  const given: Given = { expected: [], keys: [], unsigned: 0, bad: null, unknown: null }
  let number = 0
  for await (const bytes of readLines(file)) {
    number += 1
    const where = `line ${number} of ${file}`
    const line = bytes.toString('utf8')
    const checkpoint = parseLine(line)
    const link = checkpoint ?? (unsigned ? parseUnsigned(line) : null)
    if (!link)
      return {
        ...given,
        bad: `${where} is no signed checkpoint (torn, altered, or without a signature, which --unsigned allows)`,
      }
    if (checkpoint) {
      if (trusted.size === 0)
        return {
          ...given,
          unknown:
            `${where} is signed, and there is no key to check it with: name one with ` +
            '--public-key, or set CLAVIGER_AUDIT_KEY_FILE',
        }
      const why = findDistrust(trusted, checkpoint)
      if (why) return { ...given, bad: `${where} ${why}` }
      verified.set(checkpoint.keyId, (verified.get(checkpoint.keyId) ?? 0) + 1)
    } else given.unsigned += 1
    given.expected.push({ seq: link.seq, hash: link.hash, by: where })
  }
  if (given.expected.length === 0) throw new Error(`${file} holds no checkpoint`)
  const keys = [...verified].map(
    ([keyId, lines]) =>
      `${keyId} (${lines} ${lines === 1 ? 'line' : 'lines'}), from ${trusted.get(keyId)?.from}`,
  )
  return { ...given, keys }
}

function readKeys({ publicKeys, keyFile }: KeySources): TrustedKey[] {
  const named = publicKeys.map((file) => ({
    key: parsePublicKey(readFileSync(file, 'utf8')),
    from: file,
  }))
  if (named.length > 0 || keyFile === undefined || !existsSync(keyFile)) return named
  return [{ key: readSigningKey(keyFile).publicKey, from: `CLAVIGER_AUDIT_KEY_FILE (${keyFile})` }]
}

function findDistrust(
  trusted: ReadonlyMap<string, TrustedKey>,
  checkpoint: Checkpoint,
): string | null {
  const known = trusted.get(checkpoint.keyId)
  if (!known) {
    return (
      `is signed by key ${checkpoint.keyId}, which is none of the keys that were given` +
      ` (${[...trusted.keys()].join(', ')}) and which no certificate ties to one of them`
    )
  }
  return isSignedBy(known.key, checkpoint)
    ? null
    : `is not signed by key ${checkpoint.keyId}, though it says so`
}

function parseUnsigned(line: string) {
  try {
    const said: unknown = JSON.parse(line)
    // it has one, and it is wrong
    if (typeof said === 'object' && said !== null && 'signature' in said) return null
    return linkOf.safeParse(said).data ?? null
  } catch {
    return null
  }
}
