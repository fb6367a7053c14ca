import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { fileIn, publicKeyIn } from './checkpoint-file'
import { readGiven, type KeySources } from './given-checkpoints'
import { parseSigningKey, signCheckpoint, type SigningKey } from './signing'

const home = mkdtempSync(path.join(os.tmpdir(), 'claviger-given-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const makeKey = () => {
  const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { ...parseSigningKey(pem), pem }
}
const own = makeKey()
const stranger = makeKey()
const pemOf = (key: SigningKey) => key.publicKey.export({ type: 'spki', format: 'pem' })
const hashOf = (seq: number) => Buffer.alloc(32, seq).toString('hex')
const line = (key: SigningKey, seq: number) => JSON.stringify(signCheckpoint(key, { seq, hash: hashOf(seq), at: '2026-11-22T03:00:00.000Z' }))
const nowhere: KeySources = { publicKeys: [], keyFile: undefined }

/** A directory of its own with these lines, and with the public keys of these. */
function lay(lines: readonly string[], ...beside: SigningKey[]): string {
  const dir = mkdtempSync(path.join(home, 'c-'))
  writeFileSync(fileIn(dir), lines.map((one) => `${one}\n`).join(''))
  for (const key of beside) writeFileSync(publicKeyIn(dir, key.keyId), pemOf(key))
  return dir
}
const write = (text: string | Buffer) => {
  const file = path.join(home, randomBytes(6).toString('hex'))
  writeFileSync(file, text)
  return file
}
const read = (dir: string, sources = nowhere, unsigned = false) => readGiven(fileIn(dir), sources, unsigned)

it('checks signatures with the key that is named, our own, or the one beside; says which; and has no opinion without any', async () => {
  const lines = [line(own, 1), line(own, 2)]
  const pub = write(pemOf(own))
  const keyFile = write(own.pem)
  expect(await read(lay(lines), { publicKeys: [pub], keyFile: undefined })).toMatchObject({ bad: null, unknown: null, keys: [`${own.keyId} from ${pub}`], expected: [{ seq: 1, hash: hashOf(1) }, { seq: 2, hash: hashOf(2) }] })
  expect((await read(lay(lines), { publicKeys: [], keyFile })).keys).toEqual([`${own.keyId} from CLAVIGER_AUDIT_KEY_FILE (${keyFile})`])
  const beside = lay(lines, own)
  expect((await read(beside)).keys).toEqual([`${own.keyId} from ${publicKeyIn(beside, own.keyId)}`])
  expect(await read(lay(lines))).toMatchObject({ bad: null, unknown: expect.stringContaining(own.keyId) })
})

it('refuses what another key signed when ours is named, though that key stands beside, and a key under another name', async () => {
  expect(await read(lay([line(own, 1), line(stranger, 2)], stranger), { publicKeys: [write(pemOf(own))], keyFile: undefined })).toMatchObject({ bad: expect.stringContaining('line 2') })
  const dir = lay([line(own, 1)])
  writeFileSync(publicKeyIn(dir, own.keyId), pemOf(stranger))
  expect((await read(dir)).unknown).toContain(own.keyId)
})

it('takes a line without a signature only when it is told to, and never one whose signature is wrong', async () => {
  const bare = JSON.stringify({ seq: 7, hash: hashOf(7) })
  expect((await read(lay([bare], own))).bad).toContain('--unsigned')
  expect(await read(lay([bare], own), nowhere, true)).toMatchObject({ bad: null, expected: [{ seq: 7 }] })
  const wrong = JSON.stringify({ ...JSON.parse(line(own, 7)), seq: 8 })
  const cut = JSON.stringify({ ...JSON.parse(line(own, 7)), signature: 'ab' })
  for (const one of [wrong, cut, 'torn {"seq":1']) expect((await read(lay([one], own), nowhere, true)).bad).toContain('line 1')
  await expect(read(lay([]))).rejects.toThrow('holds no checkpoint')
})

it('believes no file of which one bit was flipped', async () => {
  const dir = lay([line(own, 41), line(own, 42)], own)
  const bytes = Buffer.from(`${line(own, 41)}\n${line(own, 42)}`)
  const file = fileIn(dir)
  const believed: number[] = []
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    writeFileSync(file, flipped)
    const given = await readGiven(file, nowhere, false)
    if (given.bad === null && given.unknown === null) believed.push(bit)
  }
  expect(believed).toEqual([])
}, 120_000)
