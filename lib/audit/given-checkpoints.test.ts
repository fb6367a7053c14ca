import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { campaignSeed, roundsOf } from '../launch/campaign'
import { fileIn, makeIsOurs, publicKeyIn } from './checkpoint-file'
import { readGiven, type KeySources } from './given-checkpoints'
import { certificatesIn, certifyKey } from './key-certificates'
import { rotateKey } from './rotate-key'
import { parseSigningKey, readSigningKey, signCheckpoint, type SigningKey } from './signing'

const home = mkdtempSync(path.join(os.tmpdir(), 'claviger-given-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const makeKey = () => {
  const pem = generateKeyPairSync('ed25519')
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString()
  return { ...parseSigningKey(pem), pem }
}
const own = makeKey()
const stranger = makeKey()
const pemOf = (key: SigningKey) => key.publicKey.export({ type: 'spki', format: 'pem' })
const hashOf = (seq: number) => Buffer.alloc(32, seq).toString('hex')
const line = (key: SigningKey, seq: number) =>
  JSON.stringify(signCheckpoint(key, { seq, hash: hashOf(seq), at: '2026-11-22T03:00:00.000Z' }))
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
const read = (dir: string, sources = nowhere, unsigned = false) =>
  readGiven(fileIn(dir), sources, unsigned)

it('checks signatures with the key named or configured, and has no opinion without any', async () => {
  const lines = [line(own, 1), line(own, 2)]
  const pub = write(pemOf(own))
  const keyFile = write(own.pem)
  expect(await read(lay(lines), { publicKeys: [pub], keyFile: undefined })).toMatchObject({
    bad: null,
    unknown: null,
    keys: [`${own.keyId} (2 lines), from ${pub}`],
    expected: [
      { seq: 1, hash: hashOf(1) },
      { seq: 2, hash: hashOf(2) },
    ],
  })
  expect((await read(lay(lines), { publicKeys: [], keyFile })).keys).toEqual([
    `${own.keyId} (2 lines), from CLAVIGER_AUDIT_KEY_FILE (${keyFile})`,
  ])
  for (const dir of [lay(lines), lay(lines, own)])
    expect(await read(dir)).toMatchObject({
      bad: null,
      unknown: expect.stringContaining('--public-key'),
    })
})

it('refuses what another key signed, though that key stands beside, whether ours is named or configured', async () => {
  const configured = { publicKeys: [], keyFile: write(own.pem) }
  for (const sources of [{ publicKeys: [write(pemOf(own))], keyFile: undefined }, configured]) {
    const mixed = await read(lay([line(own, 1), line(stranger, 2)], own, stranger), sources)
    expect(mixed).toMatchObject({ bad: expect.stringContaining('line 2'), keys: [] })
    expect((await read(lay([line(stranger, 1)], stranger), sources)).bad).toContain(stranger.keyId)
  }
  const posing = JSON.stringify({ ...JSON.parse(line(stranger, 1)), keyId: own.keyId })
  expect((await read(lay([posing]), configured)).bad).toContain('though it says so')
})

describe('a key that was changed', () => {
  const [first, second, third] = [makeKey(), makeKey(), makeKey()]
  const lines = [line(first, 1), line(second, 2), line(third, 3)]
  const certify = (dir: string, ...texts: string[]) =>
    writeFileSync(certificatesIn(dir), texts.map((text) => `${text}\n`).join(''))
  const tie = (old: SigningKey, next: SigningKey) =>
    JSON.stringify(certifyKey(old, next, new Date()))

  it.each([
    ['the first', first],
    ['the one between', second],
    ['the newest', third],
  ])(
    'is believed for its lines where %s was given and both sides certified each change',
    async (_, given) => {
      const dir = lay(lines)
      certify(dir, tie(second, third), tie(first, second))
      const { bad, keys, expected } = await read(dir, {
        publicKeys: [write(pemOf(given))],
        keyFile: undefined,
      })
      expect({ bad, lines: expected.length, keys: keys.length }).toEqual({
        bad: null,
        lines: 3,
        keys: 3,
      })
    },
  )

  it('is not believed by the word of one side, of a stranger, or of a line that was altered', async () => {
    const given = { publicKeys: [write(pemOf(first))], keyFile: undefined }
    const whole = certifyKey(first, second, new Date())
    const forged = certifyKey(stranger, second, new Date())
    const bent = [
      { ...whole, newSignature: whole.oldSignature },
      { ...whole, oldSignature: whole.newSignature },
      { ...whole, at: '2026-01-01T00:00:00.000Z' },
      { ...forged, oldKey: whole.oldKey },
      { ...forged, newKey: whole.oldKey },
      forged,
      { ...whole, oldKey: whole.newKey },
      { ...whole, more: 1 },
      {},
    ]
    for (const one of bent) {
      const dir = lay(lines.slice(0, 2), second)
      certify(dir, JSON.stringify(one), 'torn {', '')
      expect((await read(dir, given)).bad, JSON.stringify(one)).toContain('line 2')
    }
  })

  it('is made and tied by the command of rotation, once', async () => {
    const dir = lay([line(first, 1)])
    const [oldFile, newFile] = [write(first.pem), path.join(home, randomBytes(6).toString('hex'))]
    const { newKeyId } = rotateKey(oldFile, newFile, dir)
    expect(statSync(newFile).mode & 0o777).toBe(0o600)
    const next = readSigningKey(newFile)
    expect(next.keyId).toBe(newKeyId)
    // a second time, it makes no other key
    expect(rotateKey(oldFile, newFile, dir).newKeyId).toBe(newKeyId)
    expect(await read(dir, { publicKeys: [], keyFile: newFile })).toMatchObject({
      bad: null,
      keys: [expect.stringContaining(`a certificate of key ${newKeyId}`)],
    })
    expect(
      makeIsOurs({ dir, key: next })(
        signCheckpoint(first, { seq: 9, hash: hashOf(9), at: '2026-11-22T03:00:00.000Z' }),
      ),
    ).toBe(true)
    expect(() => rotateKey(oldFile, oldFile, dir)).toThrow('the same key')
  })
})

it('takes a line without a signature only when it is told to, and never one whose signature is wrong', async () => {
  const bare = JSON.stringify({ seq: 7, hash: hashOf(7) })
  expect((await read(lay([bare], own))).bad).toContain('--unsigned')
  expect(await read(lay([bare], own), nowhere, true)).toMatchObject({
    bad: null,
    expected: [{ seq: 7 }],
    keys: [],
    unsigned: 1,
  })
  const mixed = await read(
    lay([line(own, 6), bare]),
    { publicKeys: [], keyFile: write(own.pem) },
    true,
  )
  expect(mixed).toMatchObject({
    bad: null,
    unsigned: 1,
    keys: [expect.stringContaining(`${own.keyId} (1 line)`)],
  })
  const wrong = JSON.stringify({ ...JSON.parse(line(own, 7)), seq: 8 })
  const cut = JSON.stringify({ ...JSON.parse(line(own, 7)), signature: 'ab' })
  const ours = { publicKeys: [write(pemOf(own))], keyFile: undefined }
  for (const one of [wrong, cut, 'torn {"seq":1'])
    expect((await read(lay([one], own), ours, true)).bad).toContain('line 1')
  await expect(read(lay([]))).rejects.toThrow('holds no checkpoint')
})

/** Which third of the bits it is follows from the commit. */
const step = roundsOf(3, 1)

it(`believes no file of which one bit was flipped, for one bit in ${step}`, async () => {
  const dir = lay([line(own, 41), line(own, 42)], own)
  const bytes = Buffer.from(`${line(own, 41)}\n${line(own, 42)}`)
  const file = fileIn(dir)
  const sources = { publicKeys: [write(pemOf(own))], keyFile: undefined }
  const believed: number[] = []
  for (let bit = campaignSeed() % step; bit < bytes.length * 8; bit += step) {
    const flipped = Buffer.from(bytes)
    flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
    writeFileSync(file, flipped)
    const given = await readGiven(file, sources, false)
    if (given.bad === null && given.unknown === null) believed.push(bit)
  }
  expect(believed).toEqual([])
}, 120_000)
