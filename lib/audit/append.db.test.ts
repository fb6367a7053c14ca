import { describe, expect, it } from 'vitest'
import { freshDatabase } from '../db/test/database'
import { appendAudit } from './append'
import { readStored } from './stored'
import { ChainVerifier, genesisHash, type StoredEntry } from './verify'

const { sql, transaction } = await freshDatabase()

const readChain = async () => {
  const entries: StoredEntry[] = []
  for await (const batch of readStored()) entries.push(...batch)
  return entries
}

describe('the audit log', () => {
  it('keeps one order without gaps under concurrent writers, and none of a transaction that failed', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        transaction(async (tx) => {
          await appendAudit(tx, {
            event: 'setting.changed',
            actor: { id: null, name: 'test' },
            data: { i, text: 'ü "quoted" \u2028' },
          })
          if (i % 4 === 0) throw new Error('rolled back')
        }).catch(() => undefined),
      ),
    )
    const chain = await readChain()
    expect(chain.map((entry) => entry.seq)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
    expect(chain[0]?.prevHash).toBe(genesisHash)
    const verifier = new ChainVerifier()
    for (const entry of chain) verifier.take(entry)
    expect(verifier.finish()).toMatchObject({ sound: true, entries: 30 })
  })

  it.each([
    'UPDATE "AuditEntry" SET "event" = \'x.y\'',
    'DELETE FROM "AuditEntry"',
    'TRUNCATE "AuditEntry"',
    'DELETE FROM "AuditHead"',
  ])('refuses %s', async (statement) => {
    await expect(sql.execute(statement)).rejects.toMatchObject({
      constraint: 'audit_append_only',
    })
  })
})
