import * as fs from 'node:fs'
import path from 'node:path'
import { dataDirOf, rootDir } from './paths.mjs'
import { Refusal } from './refusal.mjs'

/** Older ones lack what we use; said before anything fails for it. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19))
    throw new Refusal(
      `Claviger needs Node 20.19 or newer; this is ${version}. See https://nodejs.org.`,
    )
}

/** What stands in .env counts where the environment says nothing. */
export function loadDotEnv() {
  const file = path.join(rootDir, '.env')
  if (fs.existsSync(file)) process.loadEnvFile(file)
}

/** @param {string} host */
export const isLoopback = (host) => host === 'localhost' || host === '::1' || /^127\./.test(host)

/**
 * The checked settings of a start. Needs the packages.
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function readSettings(env = process.env) {
  const { findMissing, parseSettings } = await import('../env-schema.mjs')
  const { settings, problem } = parseSettings(env)
  if (settings === null) throw new Refusal(problem)
  if (settings.CLAVIGER_PRODUCTION) {
    const missing = findMissing('web', settings)
    if (missing) throw new Refusal(`With CLAVIGER_PRODUCTION=1 nothing is made up. ${missing}`)
  }
  return { ...settings, dataDir: dataDirOf(env), localSignIn: needsLocalSignIn(settings) }
}

/**
 * Does this start bring the identity provider with made-up people? Refuses where that would
 * hand real keys to strangers.
 * @param {{
 *   CLAVIGER_AWS: string
 *   CLAVIGER_LOCAL_SIGN_IN: boolean
 *   HOST: string
 *   OIDC_ISSUER?: string
 *   OIDC_CLIENT_ID?: string
 *   OIDC_CLIENT_SECRET?: string
 * }} settings
 */
export function needsLocalSignIn(settings) {
  const given = ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'].filter(
    (name) => settings[name],
  )
  if (given.length === 3) return false
  if (given.length > 0)
    throw new Refusal(
      `Sign-in is half set: ${given.join(' and ')} without the rest. Set OIDC_ISSUER, ` +
        'OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or none of them.',
    )
  if (settings.CLAVIGER_AWS === 'sandbox') return true
  if (!settings.CLAVIGER_LOCAL_SIGN_IN) {
    throw new Refusal(
      'Real AWS needs real sign-in: set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, ' +
        'or say CLAVIGER_LOCAL_SIGN_IN=1 to try it on this machine alone with made-up people.',
    )
  }
  if (!isLoopback(settings.HOST)) {
    throw new Refusal(
      'CLAVIGER_LOCAL_SIGN_IN=1 lets anyone sign in as anyone, so it works on loopback ' +
        `alone: leave HOST out (it is ${settings.HOST}), or set OIDC_ISSUER, OIDC_CLIENT_ID ` +
        'and OIDC_CLIENT_SECRET.',
    )
  }
  return true
}
