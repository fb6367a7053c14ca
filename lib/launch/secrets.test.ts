import { createPrivateKey } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parseSigningKey } from '../audit/signing'
import { keepSecrets } from './secrets.mjs'

test('the audit key is an Ed25519 key of its own, kept; one of an older version stays as it is and still signs', () => {
  const [fresh, old] = [
    mkdtempSync(path.join(os.tmpdir(), 'claviger-s-')),
    mkdtempSync(path.join(os.tmpdir(), 'claviger-s-')),
  ]
  try {
    const { CLAVIGER_AUDIT_KEY_FILE: file } = keepSecrets(fresh)
    const text = readFileSync(file, 'utf8')
    expect(createPrivateKey(text).asymmetricKeyType).toBe('ed25519')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    keepSecrets(fresh)
    expect(readFileSync(file, 'utf8')).toBe(text)

    const seed = `${Buffer.alloc(32, 7).toString('base64')}\n`
    writeFileSync(path.join(old, 'audit.key'), seed)
    const kept = readFileSync(keepSecrets(old).CLAVIGER_AUDIT_KEY_FILE, 'utf8')
    expect(kept).toBe(seed)
    // RFC 8032's way from a seed to a key is fixed: this id must never change, or old
    // checkpoints lose their key.
    expect(parseSigningKey(kept).keyId).toBe('324be2dea8bc44461b0233e51fa48902')
  } finally {
    for (const dir of [fresh, old]) rmSync(dir, { recursive: true, force: true })
  }
})
