import { describe, expect, it } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { appendAudit } from './append'
import { ChainVerifier, genesisHash, type StoredEntry } from './verify'

const { sql, transaction } = await freshDatabase()

const readChain = () =>
  sql.query<StoredEntry>(`SELECT "seq", "body", encode("prevHash", 'hex') AS "prevHash", encode("hash", 'hex') AS "hash" FROM "AuditEntry" ORDER BY "seq"`)

function verify(entries: readonly StoredEntry[], newest?: { seq: number; hash: string }) {
  const verifier = new ChainVerifier(newest)
  for (const entry of entries) verifier.take(entry)
  return verifier.finish()
}

describe('the audit log', () => {
  it('keeps one order without gaps under concurrent writers, and none of a transaction that failed', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        transaction(async (tx) => {
          await appendAudit(tx, { event: 'test.happened', actor: { id: null, name: 'test' }, data: { i, text: 'ü "quoted" \u2028' } })
          if (i % 4 === 0) throw new Error('rolled back')
        }).catch(() => undefined),
      ),
    )
    const chain = await readChain()
    expect(chain.map((entry) => entry.seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(chain[0]?.prevHash).toBe(genesisHash)
    expect(verify(chain)).toMatchObject({ sound: true, entries: 30 })
  })

  it.each(['UPDATE "AuditEntry" SET "event" = \'x.y\'', 'DELETE FROM "AuditEntry"', 'TRUNCATE "AuditEntry"', 'DELETE FROM "AuditHead"'])(
    'refuses %s',
    async (statement) => {
      await expect(sql.execute(statement)).rejects.toThrow(/append-only/)
    },
  )

  it('finds every flipped bit, deletion, swap and insertion, and a truncation below a checkpoint', async () => {
    const chain = (await readChain()).slice(0, 6)
    const newest = chain.at(-1)
    if (!newest) throw new Error('no entries')
    for (const [i, entry] of chain.entries()) {
      const bytes = Buffer.from(entry.body, 'utf8')
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const flipped = Buffer.from(bytes)
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3)
        expect(verify(chain.with(i, { ...entry, body: flipped.toString('utf8') })), `bit ${bit} of ${i}`).toMatchObject({ sound: false, seq: entry.seq })
      }
      expect(verify(chain.toSpliced(i, 1), newest).sound).toBe(false)
      expect(verify(chain.toSpliced(i, 0, entry)).sound).toBe(false)
      expect(verify(chain.slice(0, i), newest).sound).toBe(false)
      expect(verify(chain, { seq: entry.seq, hash: genesisHash })).toMatchObject({ sound: false, seq: entry.seq })
      expect(verify(chain, entry).sound).toBe(true)
      const other = chain[(i + 1) % chain.length]
      if (other) expect(verify(chain.with(i, other).with((i + 1) % chain.length, entry)).sound).toBe(false)
    }
  })
})
