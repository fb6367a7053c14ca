import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { JWK } from 'oidc-provider'

export type IdpKeys = { signing: JWK; cookie: string }

function makeKeys(): IdpKeys {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const jwk = privateKey.export({ format: 'jwk' })
  return {
    signing: { ...jwk, kid: randomBytes(8).toString('hex'), use: 'sig', alg: 'RS256' } as JWK,
    cookie: randomBytes(32).toString('base64url'),
  } // node's own RSA export
}

/**
 * The keys of this provider: kept in the data directory when there is one, so that a
 * restart leaves tokens valid.
 */
export function keepKeys(dataDir: string | undefined): IdpKeys {
  if (!dataDir) return makeKeys()
  const file = path.join(dataDir, 'identity-provider.json')
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as IdpKeys // written below, nowhere else
  } catch {
    const keys = makeKeys()
    mkdirSync(dataDir, { recursive: true })
    writeFileSync(file, JSON.stringify(keys), { mode: 0o600 })
    return keys
  }
}
