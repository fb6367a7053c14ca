// The whole product as one thing to start and to stop: what `npm start` runs, and
// what the browser tests run.
import * as fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { keepRunning, waitFor } from './children.mjs'
import { migrateDatabase, wordsOfChanged } from './database.mjs'
import { keepPostgres } from './keep-postgres.mjs'
import { rootDir } from './paths.mjs'
import { pickPort } from './ports.mjs'
import { claimDataDir, releaseDataDir, writeRun } from './run-state.mjs'
import { typescript, webServer } from './run-tool.mjs'
import { keepSecrets } from './secrets.mjs'
import { isLoopback } from './settings.mjs'

/** @typedef {Awaited<ReturnType<typeof import('./settings.mjs').readSettings>>} LaunchSettings */

/**
 * What the local identity provider brings: its groups already mean something, and every
 * page says who can sign in.
 */
function localSignInDefaults(aws) {
  const mappings = JSON.parse(
    fs.readFileSync(path.join(rootDir, 'lib/sandbox/idp/group-mappings.json'), 'utf8'),
  )
  const isLive = aws === 'live'
  return {
    CLAVIGER_ADMIN_GROUP: 'claviger-admins',
    CLAVIGER_GROUP_MAPPINGS: JSON.stringify(
      mappings.filter(({ accountId }) => !isLive || accountId === null),
    ), // the accounts are the sandbox's
    CLAVIGER_NOTICE: isLive
      ? 'Local sign-in: whoever uses this machine can sign in as anyone. For trying out only.'
      : 'Sandbox: AWS and the people are made up, on this machine.',
  }
}

/** The variables a person would set to use the sandbox as AWS. @param {string} address */
async function sandboxEnvironment(address) {
  const people = await (await fetch(`${address}/_sandbox/credentials`)).json()
  const host = people.find(({ arn }) => /:(role|user)\/claviger-host$/.test(arn))
  if (!host) throw new Error('The sandbox has no principal claviger-host')
  return {
    AWS_ENDPOINT_URL: address,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: host.accessKeyId,
    AWS_SECRET_ACCESS_KEY: host.secretAccessKey,
    AWS_CONFIG_FILE: os.devNull,
    AWS_SHARED_CREDENTIALS_FILE: os.devNull,
    AWS_EC2_METADATA_DISABLED: 'true',
    // by every operation of the sandbox that takes one: lib/sandbox/kms/dry-run.test.ts
    CLAVIGER_DRY_RUN: 'honoured',
  }
}

/** @param {LaunchSettings} settings */
async function choosePorts(settings) {
  const taken = new Set()
  const web = await pickPort(settings.PORT, { host: settings.HOST, taken })
  return {
    web,
    sandbox: await pickPort(settings.SANDBOX_PORT, { taken }),
    oidc: await pickPort(settings.OIDC_PORT, { taken }),
  }
}

/**
 * @param {LaunchSettings} settings @param {boolean} durable @param {(line: string) => void} say
 * @returns {Promise<import('./keep-postgres.mjs').KeptPostgres>}
 */
async function openDatabase(settings, durable, say) {
  const { DATABASE_URL: url, dataDir } = settings
  if (url) {
    return {
      url,
      pid: () => 0,
      failed: new Promise(() => {}),
      expectEnd: () => {},
      stop: async () => {},
    }
  }
  return keepPostgres({ dir: path.join(dataDir, 'postgres'), durable }, { say })
}

/**
 * The host of an address under which this machine reaches a server that listens on `host`.
 * @param {string} host
 */
function hostFromHere(host) {
  if (isLoopback(host) || host === '0.0.0.0') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

/**
 * Starts database, sandbox, identity provider, worker and web server; resolves
 * when pages can be asked for.
 * @param {LaunchSettings} settings
 * @param {{
 *   dev?: boolean
 *   env?: NodeJS.ProcessEnv
 *   say?: (line: string) => void
 *   scenario?: string[]
 *   durable?: boolean
 * }} [options]
 *   `scenario`: arguments of the sandbox; `durable: false` only for throw-away data
 */
export async function startProduct(
  settings,
  {
    dev = false,
    env = process.env,
    say = console.log,
    scenario = ['--scenario', 'demo'],
    durable = true,
  } = {},
) {
  const { dataDir } = settings
  claimDataDir(dataDir)
  /** @type {import('./children.mjs').RunningPart[]} */
  const parts = []
  let database
  const stop = async () => {
    database?.expectEnd() // a signal to every process of this machine ends it before its turn
    const [back, front] = [
      parts.filter(({ name }) => !isFront(name)),
      parts.filter(({ name }) => isFront(name)),
    ]
    await Promise.all(front.map((part) => part.stop()))
    await Promise.all(back.map((part) => part.stop()))
    await database?.stop()
    releaseDataDir(dataDir)
  }
  const isFront = (name) => name === 'web' || name === 'worker'
  try {
    const ports = await choosePorts(settings)
    const url = settings.CLAVIGER_URL ?? `http://localhost:${ports.web}`
    const secrets = settings.CLAVIGER_PRODUCTION ? {} : keepSecrets(dataDir)
    const logDir = path.join(dataDir, 'logs')
    const keep = (name, args, more, graceMs) => {
      const part = keepRunning(
        {
          name,
          args,
          env: {
            ...env,
            NODE_ENV: dev ? 'development' : 'production',
            CLAVIGER_DATA_DIR: dataDir,
            ...more,
          },
          graceMs,
        },
        { logDir, say, toTerminal: dev },
      )
      parts.push(part)
      return part
    }
    const sandboxUrl =
      settings.CLAVIGER_AWS === 'sandbox' ? `http://127.0.0.1:${ports.sandbox}` : null
    const externalId = env.CLAVIGER_EXTERNAL_ID ?? secrets.CLAVIGER_EXTERNAL_ID
    // Secrets travel by environment: a process's arguments are everybody's to read.
    const sandbox =
      sandboxUrl &&
      keep('sandbox', typescript('lib/sandbox/main.ts', `--port=${ports.sandbox}`, ...scenario), {
        CLAVIGER_EXTERNAL_ID: externalId,
      })
    const signIn = settings.localSignIn
      ? {
          OIDC_ISSUER: `http://localhost:${ports.oidc}`,
          OIDC_CLIENT_ID: 'claviger',
          OIDC_CLIENT_SECRET: settings.OIDC_CLIENT_SECRET ?? secrets.OIDC_CLIENT_SECRET,
        }
      : {}
    const idp =
      settings.localSignIn &&
      keep(
        'identity-provider',
        typescript(
          'lib/sandbox/idp/main.ts',
          `--port=${ports.oidc}`,
          `--issuer=${signIn.OIDC_ISSUER}`,
          `--client-id=${signIn.OIDC_CLIENT_ID}`,
          `--redirect=${url}/api/auth/callback/oidc`,
        ),
        signIn,
      )

    database = await openDatabase(settings, durable, say)
    const { applied, changed } = await migrateDatabase(database.url)
    if (applied.length > 0)
      say(
        `  Database brought to this version (${applied.length} migration${applied.length > 1 ? 's' : ''}).`,
      )
    if (changed.length > 0) say(`  ${wordsOfChanged(changed)}`)
    if (sandbox) await waitFor(`${sandboxUrl}/_sandbox/health`, { unless: sandbox.failed })

    const { OIDC_CLIENT_SECRET: _, ...kept } = secrets
    const shared = {
      ...(sandboxUrl ? { ...withoutAwsNames(env), ...(await sandboxEnvironment(sandboxUrl)) } : {}),
      ...fillIn(env, kept),
      ...signIn,
      ...(settings.localSignIn ? fillIn(env, localSignInDefaults(settings.CLAVIGER_AWS)) : {}),
      DATABASE_URL: database.url,
      CLAVIGER_URL: url,
      NEXTAUTH_URL: url,
      PORT: String(ports.web),
      HOST: settings.HOST,
      NEXT_TELEMETRY_DISABLED: '1',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', // logs stay JSON
    }
    keep('worker', typescript('lib/worker/main.ts'), shared, 15_000)
    const web = keep('web', webServer(...(dev ? ['--dev'] : [])), shared)
    if (idp) await waitFor(`http://localhost:${ports.oidc}/health`, { unless: idp.failed })
    const own = `http://${hostFromHere(settings.HOST)}:${ports.web}`
    await waitFor(`${own}/api/health`, { unless: web.failed })
    await waitFor(`${own}/api/ready`, { unless: web.failed })

    const state = {
      launcher: process.pid,
      startedAt: new Date().toISOString(),
      url,
      web: own,
      sandbox: sandboxUrl,
      identityProvider: signIn.OIDC_ISSUER ?? null,
      issuer: signIn.OIDC_ISSUER ?? settings.OIDC_ISSUER ?? '',
      database: database.url,
      aws: settings.CLAVIGER_AWS,
      logs: logDir,
      pids: {
        ...Object.fromEntries(parts.map((part) => [part.name, part.pid()])),
        ...(database.pid() ? { postgres: database.pid() } : {}),
      },
    }
    writeRun(dataDir, state)
    const failed = Promise.race([...parts.map((part) => part.failed), database.failed])
    return { state, stop, failed }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Values for variables that nobody set. */
const fillIn = (env, values) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => !env[name]))
/**
 * Spread over an environment, it takes every AWS variable out: nothing of a person's own AWS
 * reaches a part that works on the sandbox.
 */
const withoutAwsNames = (env) =>
  Object.fromEntries(
    Object.keys(env)
      .filter((name) => name.startsWith('AWS_'))
      .map((name) => [name, undefined]),
  )
