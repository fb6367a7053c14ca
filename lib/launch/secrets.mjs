import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import path from 'node:path'
import { Refusal } from './refusal.mjs'

/** @param {string} file @param {() => string} make */
function keepFile(file, make) {
  try {
    fs.writeFileSync(file, make(), { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  return fs.readFileSync(file, 'utf8')
}

/**
 * What the first run needs and nobody has chosen: made once, kept beside the data,
 * readable by its owner alone.
 * @param {string} dataDir
 * @returns {{
 *   NEXTAUTH_SECRET: string
 *   OIDC_CLIENT_SECRET: string
 *   CLAVIGER_EXTERNAL_ID: string
 *   CLAVIGER_AUDIT_KEY_FILE: string
 * }}
 */
export function keepSecrets(dataDir) {
  const file = path.join(dataDir, 'secrets.json')
  const text = keepFile(
    file,
    () =>
      JSON.stringify(
        {
          NEXTAUTH_SECRET: randomBytes(33).toString('base64url'),
          OIDC_CLIENT_SECRET: randomBytes(33).toString('base64url'),
          CLAVIGER_EXTERNAL_ID: `claviger-${randomUUID()}`,
        },
        null,
        2,
      ) + '\n',
  )
  const auditKeyFile = path.join(dataDir, 'audit.key')
  // Installations older than the checkpoints have 32 random bytes here, which
  // lib/audit/signing.ts takes for the key's seed.
  keepFile(auditKeyFile, () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  )
  try {
    const { NEXTAUTH_SECRET, OIDC_CLIENT_SECRET, CLAVIGER_EXTERNAL_ID } = JSON.parse(text)
    if (
      ![NEXTAUTH_SECRET, OIDC_CLIENT_SECRET, CLAVIGER_EXTERNAL_ID].every(
        (value) => typeof value === 'string' && value.length > 8,
      )
    )
      throw new Error('incomplete')
    return {
      NEXTAUTH_SECRET,
      OIDC_CLIENT_SECRET,
      CLAVIGER_EXTERNAL_ID,
      CLAVIGER_AUDIT_KEY_FILE: auditKeyFile,
    }
  } catch {
    throw new Refusal(
      `${file} is damaged. Restore it from a backup: it holds the external id that the roles ` +
        'in your accounts ask for. Without a backup, move it away; a new one is made.',
    )
  }
}
