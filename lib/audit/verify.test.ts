import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseExported, toExported } from './stored'
import { ChainVerifier, genesis, type Expected, type Link, type StoredEntry } from './verify'

/** A chain as audit_append makes it. */
function makeChain(length: number): StoredEntry[] {
  const chain: StoredEntry[] = []
  let last: Link = genesis
  for (let seq = 1; seq <= length; seq++) {
    const columns = {
      at: new Date(1_790_000_000_000 + seq * 977).toISOString(),
      event: seq % 3 ? 'grants.exported' : 'person.signedIn',
      actorId: seq % 5 ? `person-${seq % 7}` : null,
      actor: 'Änn',
      accountId: seq % 4 ? '111122223333' : null,
      keyArn: seq % 2 ? `arn:aws:kms:eu-west-1:111122223333:key/${seq}` : null,
      requestId: seq % 6 ? null : `r${seq}`,
    }
    const body = JSON.stringify({
      ...Object.fromEntries(
        Object.entries(columns).filter(([name, value]) => value !== null || name === 'actorId'),
      ),
      seq,
      data: { n: seq },
    })
    const hash = createHash('sha256')
      .update(Buffer.from(last.hash, 'hex'))
      .update(body)
      .digest('hex')
    chain.push({ seq, body, prevHash: last.hash, hash, columns })
    last = { seq, hash }
  }
  return chain
}

const chain = makeChain(1_000)
const linkBefore = (i: number): Link => chain[i - 1] ?? genesis
const at = (i: number): StoredEntry => chain[i] ?? expect.fail(`no entry ${i}`)
const newest = at(999)

/**
 * Verifies from entry `i` on, which stands for verifying it all: what comes before is as it was.
 * Stops where the verifier stops.
 */
function verifyFrom(i: number, entries: Iterable<StoredEntry>, expected: readonly Expected[] = []) {
  const verifier = new ChainVerifier({ from: linkBefore(i), expected })
  for (const entry of entries) if (!verifier.take(entry)) break
  return verifier.finish()
}

/** Every text that differs in one bit of its UTF-8. */
function* flips(text: string): Generator<string> {
  const bytes = Buffer.from(text, 'utf8')
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const byte = bytes.readUInt8(bit >> 3)
    bytes.writeUInt8(byte ^ (1 << (bit & 7)), bit >> 3)
    yield bytes.toString('utf8')
    bytes.writeUInt8(byte, bit >> 3)
  }
}

describe('in a chain of 1,000 entries', () => {
  it('what nobody touched is sound, with any of its entries as checkpoints', () => {
    expect(verifyFrom(0, chain, chain)).toEqual({
      sound: true,
      entries: 1_000,
      seq: 1_000,
      hash: newest.hash,
      compared: 1_000,
    })
  })

  /** Entries with and without each column, in every mixture that a chain has. */
  const sample = () => chain.slice(0, 250).entries()

  it('every single-bit flip in any body, hash or prevHash is found, and names its entry', () => {
    let found = 0
    let tried = 0
    for (const [i, entry] of sample()) {
      for (const member of ['body', 'hash', 'prevHash'] as const) {
        for (const text of flips(entry[member])) {
          tried += 1
          const verifier = new ChainVerifier({ from: linkBefore(i) })
          if (!verifier.take({ ...entry, [member]: text })) found += 1
        }
      }
    }
    expect(tried).toBeGreaterThan(500_000)
    expect(found).toBe(tried)
  }, 240_000)

  it('every single-bit flip in its number or in a column is found', () => {
    for (const [i, entry] of sample()) {
      for (let bit = 0; bit < 31; bit++)
        expect(verifyFrom(i, [{ ...entry, seq: entry.seq ^ (1 << bit) }]).sound).toBe(false)
      const { columns } = entry
      if (!columns) expect.fail('no columns')
      for (const [name, value] of Object.entries(columns)) {
        const others = value === null ? ['', 'x'] : [null, ...flips(value)]
        const sound = others.filter(
          (other) => verifyFrom(i, [{ ...entry, columns: { ...columns, [name]: other } }]).sound,
        )
        expect(sound).toEqual([])
      }
    }
  }, 240_000)

  it('every deletion is found, the last one by a checkpoint', () => {
    for (let i = 0; i < 999; i++)
      expect(verifyFrom(i, chain.slice(i + 1))).toMatchObject({ sound: false, seq: i + 1 })
    expect(verifyFrom(0, chain.slice(0, 999), [newest]).sound).toBe(false)
  })

  it('every insertion of an entry of the chain is found, and of one that was made up', () => {
    for (let i = 0; i < 1_000; i++) {
      for (const from of [0, i - 1, i, i + 1, 999]) {
        const copy = chain[from]
        if (copy && i < 999)
          expect(
            verifyFrom(i, [copy, ...chain.slice(i, i + 2)]),
            `${from} before ${i}`,
          ).toMatchObject({ sound: false })
      }
      const before = linkBefore(i)
      const body = JSON.stringify({
        seq: before.seq + 1,
        event: 'test.madeUp',
        at: '2026-01-01T00:00:00.000Z',
        actorId: null,
        actor: 'nobody',
      })
      const hash = createHash('sha256')
        .update(Buffer.from(before.hash, 'hex'))
        .update(body)
        .digest('hex')
      expect(
        verifyFrom(i, [
          { seq: before.seq + 1, body, prevHash: before.hash, hash },
          ...chain.slice(i),
        ]),
      ).toMatchObject({ sound: false })
    }
  })

  it('any reorder is found', () => {
    for (let i = 0; i < 999; i++)
      expect(verifyFrom(i, [at(i + 1), at(i)])).toMatchObject({ sound: false, seq: i + 1 })
    fc.assert(
      fc.property(fc.nat(998), fc.nat(999), (a, b) => {
        fc.pre(a !== b)
        const [i, j] = [Math.min(a, b), Math.max(a, b)]
        // what stands first of the two is enough
        expect(verifyFrom(i, [at(j)])).toMatchObject({ sound: false, seq: i + 1 })
      }),
      { numRuns: 2_000 },
    )
  })

  it('every truncation below the newest checkpoint is found, and a log written anew from any entry on', () => {
    const verifier = new ChainVerifier({ expected: [newest, at(10)] })
    for (const entry of chain) {
      expect(verifier.finish()).toMatchObject({ sound: false, seq: entry.seq })
      verifier.take(entry)
    }
    expect(verifier.finish()).toMatchObject({ sound: true, compared: 2 })
    for (let i = 0; i < 1_000; i++) {
      const before = linkBefore(i)
      const body = JSON.stringify({ seq: i + 1, event: 'test.anew' })
      const hash = createHash('sha256')
        .update(Buffer.from(before.hash, 'hex'))
        .update(body)
        .digest('hex')
      expect(
        verifyFrom(i, [{ seq: i + 1, body, prevHash: before.hash, hash }], [at(i), newest]),
      ).toMatchObject({ sound: false, seq: i + 1 })
    }
  })
})

describe('an exported file', () => {
  it('is read back as it was written', () => {
    for (const { columns: _, ...entry } of chain.slice(0, 50))
      expect(parseExported(Buffer.from(toExported(entry).trimEnd()))).toEqual(entry)
  })

  it('is not read where another reader might see another entry in it', () => {
    const { columns: _, ...entry } = at(10)
    const text = toExported(entry).trimEnd()
    expect(parseExported(Buffer.from(text))).toEqual(entry)
    const lies = [
      text.replace('"body":', '"body":"LIE","body":'),
      text.replace('{"seq":11,', '{"seq":12,"seq":11,'),
      text.replace('"seq":11', '"seq":11.0'),
      text.replace(',', ', '),
      `${text} `,
      ` ${text}`,
      `${text}\r`,
      `\ufeff${text}`,
      text.replace('"seq"', '"\\u0073eq"'),
      text.replace('{"seq":11,', '{').replace(/\}$/u, ',"seq":11}'),
    ]
    for (const lie of lies) {
      expect(lie).not.toBe(text)
      expect(parseExported(Buffer.from(lie)), lie.slice(0, 60)).toBeNull()
    }
  })

  it('shows every flipped bit of every byte of a line, the breaks between lines included', () => {
    const entries = chain.slice(0, 12)
    const bytes = Buffer.from(entries.map(toExported).join(''))
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const byte = bytes.readUInt8(bit >> 3)
      bytes.writeUInt8(byte ^ (1 << (bit & 7)), bit >> 3)
      const verifier = new ChainVerifier({ expected: [at(11)] })
      for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
        end = bytes.indexOf(0x0a, start)
        if (end < 0) end = bytes.length
        if (end === start) continue
        const entry = parseExported(bytes.subarray(start, end))
        if (!(entry ? verifier.take(entry) : verifier.refuse('no entry'))) break
      }
      // What ends the very last line is no part of any entry.
      if (bit >> 3 < bytes.length - 1) expect(verifier.finish().sound, `bit ${bit}`).toBe(false)
      bytes.writeUInt8(byte, bit >> 3)
    }
  }, 120_000)
})
