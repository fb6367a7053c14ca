import 'server-only'
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import path from 'node:path'
import { env, requireSetting } from '../env'
import { readTies, trustKeys } from './key-certificates'
import {
  checkpointSchema,
  isSignedBy,
  readSigningKey,
  type Checkpoint,
  type SigningKey,
} from './signing'

/**
 * Where checkpoints go when they leave the database: a line of JSON each, beside the
 * public keys that prove them.
 */
export type CheckpointPlace = { dir: string; key: SigningKey }

export const fileIn = (dir: string) => path.join(dir, 'checkpoints.jsonl')
export const publicKeyIn = (dir: string, keyId: string) => path.join(dir, `${keyId}.pem`)

/** CLAVIGER_AUDIT_CHECKPOINT_DIR, or `checkpoints` in the data directory. */
function checkpointDir(): string {
  const { CLAVIGER_AUDIT_CHECKPOINT_DIR, CLAVIGER_DATA_DIR } = env()
  return path.resolve(
    CLAVIGER_AUDIT_CHECKPOINT_DIR ?? path.join(CLAVIGER_DATA_DIR ?? '.claviger', 'checkpoints'),
  )
}

/** @throws Error when the key cannot be read. */
export function openPlace(): CheckpointPlace {
  return { dir: checkpointDir(), key: readSigningKey(requireSetting('CLAVIGER_AUDIT_KEY_FILE')) }
}

/** A line's checkpoint, or null when it is none. Says nothing about its signature. */
export function parseLine(line: string): Checkpoint | null {
  try {
    return checkpointSchema.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}

/**
 * Tells checkpoints that our own key signed, or one that certificates tie to it. A public key that
 * lies beside them proves nothing.
 */
export function makeIsOurs({ dir, key }: CheckpointPlace): (checkpoint: Checkpoint) => boolean {
  const trusted = trustKeys([{ key: key.publicKey, from: 'our key' }], readTies(dir))
  return (checkpoint) => {
    const known = trusted.get(checkpoint.keyId)
    return known !== undefined && isSignedBy(known.key, checkpoint)
  }
}

/**
 * Some 3,000 lines: checking their signatures takes a page a fifth of a second.
 * audit:verify checks all of them.
 */
const pageTailBytes = 1_048_576

/**
 * The newest lines that this installation signed, and how many others stand among them, where this
 * process can read both file and key; null where it cannot.
 */
export function findSigned(): { file: string; checkpoints: Checkpoint[]; strange: number } | null {
  try {
    const place = openPlace()
    const file = fileIn(place.dir)
    const lines = readTail(file, pageTailBytes)
      .split('\n')
      .filter((line) => line.trim())
    const isOurs = makeIsOurs(place)
    const checkpoints = lines.flatMap((line) => parseLine(line) ?? []).filter(isOurs)
    return { file, checkpoints, strange: lines.length - checkpoints.length }
  } catch {
    // the worker writes it, maybe on another host: the page says that it was not compared
    return null
  }
}

const tailBytes = 65_536

/**
 * The last line that we signed, and how many behind it we did not. Null: nothing ever left to here.
 * @throws what reading throws: not knowing is not "none".
 */
export function findNewest(place: CheckpointPlace): { newest: Checkpoint | null; strange: number } {
  const file = fileIn(place.dir)
  if (!existsSync(file)) return { newest: null, strange: 0 }
  const lines = readTail(file, tailBytes)
    .split('\n')
    .filter((line) => line.trim())
  const parsed = lines.map(parseLine)
  const isOurs = makeIsOurs(place)
  const at = parsed.findLastIndex((one) => one !== null && isOurs(one))
  if (at < 0 && lines.length > 0)
    throw new Error(
      `${file} holds no checkpoint that this installation signed. After the key was changed, ` +
        'npm run audit:rotate ties the new one to the old; if the file belongs to another ' +
        'installation, set CLAVIGER_AUDIT_CHECKPOINT_DIR.',
    )
  return { newest: parsed[at] ?? null, strange: lines.length - 1 - at }
}

function readTail(file: string, most: number): string {
  const handle = openSync(file, 'r')
  try {
    const { size } = fstatSync(handle)
    const bytes = Buffer.alloc(Math.min(size, most))
    readSync(handle, bytes, 0, bytes.length, size - bytes.length)
    const text = bytes.toString('utf8')
    // the first line of a tail is cut
    return size > most ? text.slice(text.indexOf('\n') + 1) : text
  } finally {
    closeSync(handle)
  }
}

/**
 * Appends lines and waits until the disk has them; all of them or none. The
 * public key is put beside them.
 */
export function appendCheckpoints(
  { dir, key }: CheckpointPlace,
  checkpoints: readonly Checkpoint[],
): void {
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  if (!existsSync(publicKeyIn(dir, key.keyId)))
    writeFileSync(
      publicKeyIn(dir, key.keyId),
      key.publicKey.export({ type: 'spki', format: 'pem' }),
    )
  const handle = openSync(fileIn(dir), 'a+', 0o644)
  const { size } = fstatSync(handle)
  try {
    const last = Buffer.alloc(1)
    const isTorn = size > 0 && readSync(handle, last, 0, 1, size - 1) === 1 && last[0] !== 0x0a
    const bytes = Buffer.from(
      `${isTorn ? '\n' : ''}${checkpoints.map((one) => `${JSON.stringify(one)}\n`).join('')}`,
    )
    if (writeSync(handle, bytes) !== bytes.length)
      throw new Error(`${fileIn(dir)} took only a part of a line; is the disk full?`)
    fsyncSync(handle)
  } catch (error) {
    ftruncateSync(handle, size)
    throw error
  } finally {
    closeSync(handle)
  }
}
