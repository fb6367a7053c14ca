import 'server-only'
import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { certificatesIn, certifyKey } from './key-certificates'
import { readSigningKey } from './signing'

export type Rotated = { oldKeyId: string; newKeyId: string; file: string }

/**
 * Ties a new signing key to the one it follows, by a certificate in the directory of the
 * checkpoints. Makes the new key where its file is not there yet.
 * @throws Error that names the file when a key cannot be read or they are the same.
 */
export function rotateKey(
  oldFile: string,
  newFile: string,
  dir: string,
  now = new Date(),
): Rotated {
  const old = readSigningKey(oldFile)
  makeKeyFile(newFile)
  const next = readSigningKey(newFile)
  if (old.keyId === next.keyId)
    throw new Error(`${newFile} holds the same key as ${oldFile}: name a new file.`)
  mkdirSync(dir, { recursive: true, mode: 0o755 })
  const file = certificatesIn(dir)
  // A line of its own, should the last one have been torn.
  appendFileSync(file, `\n${JSON.stringify(certifyKey(old, next, now))}\n`)
  return { oldKeyId: old.keyId, newKeyId: next.keyId, file }
}

function makeKeyFile(file: string): void {
  const { privateKey } = generateKeyPairSync('ed25519')
  try {
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), {
      flag: 'wx',
      mode: 0o600,
    })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
}
