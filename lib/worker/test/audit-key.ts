import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Returns the path of a key file as the worker demands at its start. */
export async function makeAuditKey(): Promise<string> {
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'claviger-worker-')), 'audit.key')
  const { privateKey } = generateKeyPairSync('ed25519')
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return file
}
