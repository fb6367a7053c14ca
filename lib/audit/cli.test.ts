import { spawnSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { fileIn, publicKeyIn } from './checkpoint-file'
import { parseSigningKey, signCheckpoint, type SigningKey } from './signing'
import { toExported } from './stored'
import { genesisHash, type StoredEntry } from './verify'

const dir = mkdtempSync(path.join(os.tmpdir(), 'claviger-verify-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const pem = () =>
  generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const ownPem = pem()
const [own, stranger] = [parseSigningKey(ownPem), parseSigningKey(pem())]
const keyFile = path.join(dir, 'audit.key')
writeFileSync(keyFile, ownPem)

function makeChain(length: number, actor: string): StoredEntry[] {
  const chain: StoredEntry[] = []
  for (let seq = 1; seq <= length; seq++) {
    const prevHash = chain.at(-1)?.hash ?? genesisHash
    const body = JSON.stringify({ seq, actor })
    const hash = createHash('sha256')
      .update(Buffer.from(prevHash, 'hex'))
      .update(body)
      .digest('hex')
    chain.push({ seq, body, prevHash, hash })
  }
  return chain
}
const real = makeChain(20, 'Sigrid Dahl')
const forged = makeChain(20, 'Somebody Else')

const file = path.join(dir, 'log.jsonl')
const lay = (entries: readonly StoredEntry[]) =>
  writeFileSync(file, entries.map(toExported).join(''))
function layCheckpoints(entries: readonly StoredEntry[], key: SigningKey | null): void {
  const lines = entries.map(({ seq, hash }) =>
    key ? signCheckpoint(key, { seq, hash, at: '2026-11-22T03:00:00.000Z' }) : { seq, hash },
  )
  writeFileSync(fileIn(dir), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  if (key)
    writeFileSync(
      publicKeyIn(dir, key.keyId),
      key.publicKey.export({ type: 'spki', format: 'pem' }),
    )
}

/** As `npm run audit:verify` runs it where the installation's key lies. */
function verify(...more: string[]): { status: number | null; said: string } {
  const args = [
    '--conditions=react-server',
    '--import',
    'tsx',
    'lib/audit/cli.ts',
    '--file',
    file,
    '--checkpoint',
    fileIn(dir),
    ...more,
  ]
  const env = { ...process.env, CLAVIGER_AUDIT_KEY_FILE: keyFile }
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  return { status, said: stdout + stderr }
}

it('finds sound what the configured key signed, and names that key', () => {
  lay(real)
  layCheckpoints([...real.slice(4, 5), ...real.slice(-1)], own)
  const { status, said } = verify()
  expect(said).toContain(`Signatures checked with key ${own.keyId} (2 lines)`)
  expect(status).toBe(0)
}, 120_000)

it('believes no log written anew whose checkpoints a stranger signed, though their key lies beside', () => {
  lay(forged)
  layCheckpoints(forged.slice(-1), stranger)
  const { status, said } = verify()
  expect(said).not.toContain('Sound')
  expect(said).toContain(stranger.keyId)
  expect(status).toBe(1)
}, 120_000)

it('claims no signature for lines that bear none', () => {
  lay(forged)
  layCheckpoints(forged.slice(-1), null)
  const { status, said } = verify('--unsigned')
  expect(status).toBe(0)
  expect(said).not.toContain('Signatures checked')
  expect(said).toContain('bear no signature')
}, 120_000)

it('says that an export ends before the newest checkpoint, and takes it with --older', () => {
  lay(real.slice(0, 12))
  layCheckpoints([...real.slice(4, 5), ...real.slice(-1)], own)
  const short = verify()
  expect(short.said).toContain(
    'Export ends at 12; newer checkpoints exist (up to entry 20), use --older',
  )
  expect(short.said).not.toContain('is bad')
  expect(short.status).toBe(1)
  expect(verify('--older')).toMatchObject({
    status: 0,
    said: expect.stringContaining('Compared with 1 of 2 checkpoints'),
  })
}, 120_000)

it('says which file is missing and what it is, instead of what the system says', () => {
  const gone = path.join(dir, 'moved', 'checkpoints.jsonl')
  const { status, said } = verify('--checkpoint', gone)
  expect(said).toContain(`there is no file ${gone} (--checkpoint)`)
  expect(said).toContain('CLAVIGER_AUDIT_CHECKPOINT_DIR')
  expect(said).not.toContain('ENOENT')
  expect(status).toBe(2)
}, 120_000)
