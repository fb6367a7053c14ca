import 'server-only'
import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseLine, publicKeyIn } from './checkpoint-file'
import { checkpointSchema, isSignedBy, keyIdOf, parsePublicKey, readSigningKey } from './signing'
import { readLines } from './stored'
import type { Expected } from './verify'

type KnownKey = { key: KeyObject; from: string }
/** Where public keys are looked for: those named, or else our own key file and what stands beside the checkpoints. */
export type KeySources = { publicKeys: readonly string[]; keyFile: string | undefined }

/** `bad`: why the checkpoints themselves cannot be believed. `unknown`: whose public key is nowhere to be found. */
export type Given = { expected: Expected[]; keys: string[]; bad: string | null; unknown: string | null }

const linkOf = checkpointSchema.pick({ seq: true, hash: true })

/**
 * Reads a file of checkpoints (a line of JSON each) and checks every signature. With `unsigned`, lines without one are taken as
 * they are: somebody carried them here by hand. @throws what reading throws, and Error when it holds none.
 */
export async function readGiven(file: string, sources: KeySources, unsigned: boolean): Promise<Given> {
  const keys = new KeyRing(path.dirname(file), sources)
  const given: Given = { expected: [], keys: [], bad: null, unknown: null }
  let number = 0
  for await (const bytes of readLines(file)) {
    number += 1
    const where = `line ${number} of ${file}`
    const line = bytes.toString('utf8')
    const checkpoint = parseLine(line)
    const link = checkpoint ?? (unsigned ? parseUnsigned(line) : null)
    if (!link) return { ...given, bad: `${where} is no signed checkpoint (torn, altered, or without a signature, which --unsigned allows)` }
    if (checkpoint) {
      const known = keys.find(checkpoint.keyId)
      if (!known && sources.publicKeys.length === 0) return { ...given, unknown: `${where} is signed by key ${checkpoint.keyId}, whose public key was not found: name it with --public-key` }
      if (!known || !isSignedBy(known.key, checkpoint)) return { ...given, bad: `${where} is not signed by ${known ? `key ${checkpoint.keyId}` : 'any key that was named'}` }
    }
    given.expected.push({ seq: link.seq, hash: link.hash, by: where })
  }
  if (given.expected.length === 0) throw new Error(`${file} holds no checkpoint`)
  return { ...given, keys: keys.used() }
}

function parseUnsigned(line: string) {
  try {
    const said: unknown = JSON.parse(line)
    if (typeof said === 'object' && said !== null && 'signature' in said) return null // it has one, and it is wrong
    return linkOf.safeParse(said).data ?? null
  } catch {
    return null
  }
}

class KeyRing {
  private readonly known = new Map<string, KnownKey | null>()

  constructor(private readonly beside: string, private readonly sources: KeySources) {
    for (const file of sources.publicKeys) this.add(parsePublicKey(readFileSync(file, 'utf8')), file)
    if (sources.publicKeys.length === 0 && sources.keyFile !== undefined && existsSync(sources.keyFile)) {
      const { publicKey } = readSigningKey(sources.keyFile)
      this.add(publicKey, `CLAVIGER_AUDIT_KEY_FILE (${sources.keyFile})`)
    }
  }

  private add(key: KeyObject, from: string): void {
    this.known.set(keyIdOf(key), { key, from })
  }

  /** By its id, which is a hash of the key itself: whatever stands in the file of that name, only that key can be it. */
  find(keyId: string): KnownKey | null {
    if (!this.known.has(keyId)) {
      const file = publicKeyIn(this.beside, keyId)
      const key = this.sources.publicKeys.length === 0 && existsSync(file) ? parsePublicKey(readFileSync(file, 'utf8')) : null
      this.known.set(keyId, key && keyIdOf(key) === keyId ? { key, from: file } : null)
    }
    return this.known.get(keyId) ?? null
  }

  used(): string[] {
    return [...this.known].flatMap(([keyId, key]) => (key ? [`${keyId} from ${key.from}`] : []))
  }
}
