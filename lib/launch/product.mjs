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
 * The parts that run, and how all of them end: what people use first, the database last.
 * @param {LaunchSettings} settings
 * @param {{ dev: boolean, env: NodeJS.ProcessEnv, say: (line: string) => void }} options
 */
function makeParts({ dataDir }, { dev, env, say }) {
  const logDir = path.join(dataDir, 'logs')
  /** @type {import('./children.mjs').RunningPart[]} */
  const parts = []
  /** @type {import('./keep-postgres.mjs').KeptPostgres | undefined} */
  let database
  const isFront = (name) => name === 'web' || name === 'worker'
  return {
    logDir,
    parts,
    keep(name, args, more, graceMs) {
      const partEnv = {
        ...env,
        NODE_ENV: dev ? 'development' : 'production',
        CLAVIGER_DATA_DIR: dataDir,
        ...more,
      }
      const part = keepRunning(
        { name, args, env: partEnv, graceMs },
        { logDir, say, toTerminal: dev },
      )
      parts.push(part)
      return part
    },
    /** @param {import('./keep-postgres.mjs').KeptPostgres} opened */
    hold(opened) {
      database = opened
      return opened
    },
    async stop() {
      database?.expectEnd() // a signal to every process of this machine ends it before its turn
      const front = parts.filter(({ name }) => isFront(name))
      const back = parts.filter(({ name }) => !isFront(name))
      await Promise.all(front.map((part) => part.stop()))
      await Promise.all(back.map((part) => part.stop()))
      await database?.stop()
      releaseDataDir(dataDir)
    },
  }
}

/**
 * Where everything listens, and the secrets of this installation.
 * @param {LaunchSettings} settings
 */
async function planProduct(settings) {
  const ports = await choosePorts(settings)
  const secrets = settings.CLAVIGER_PRODUCTION ? {} : keepSecrets(settings.dataDir)
  const signIn = settings.localSignIn
    ? {
        OIDC_ISSUER: `http://localhost:${ports.oidc}`,
        OIDC_CLIENT_ID: 'claviger',
        OIDC_CLIENT_SECRET: settings.OIDC_CLIENT_SECRET ?? secrets.OIDC_CLIENT_SECRET,
      }
    : {}
  return {
    ports,
    secrets,
    signIn,
    url: settings.CLAVIGER_URL ?? `http://localhost:${ports.web}`,
    own: `http://${hostFromHere(settings.HOST)}:${ports.web}`,
    sandboxUrl: settings.CLAVIGER_AWS === 'sandbox' ? `http://127.0.0.1:${ports.sandbox}` : null,
  }
}

/**
 * Starts what stands in for AWS and for an identity provider, where they are wanted. Secrets
 * travel by environment: a process's arguments are everybody's to read.
 */
function startSandboxAndIdp(settings, { ports, secrets, signIn, url, sandboxUrl }, keep, options) {
  const sandbox =
    sandboxUrl &&
    keep(
      'sandbox',
      typescript('lib/sandbox/main.ts', `--port=${ports.sandbox}`, ...options.scenario),
      { CLAVIGER_EXTERNAL_ID: options.env.CLAVIGER_EXTERNAL_ID ?? secrets.CLAVIGER_EXTERNAL_ID },
    )
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
  return { sandbox, idp }
}

/** @param {string} url @param {(line: string) => void} say */
async function bringUpToDate(url, say) {
  const { applied, changed } = await migrateDatabase(url)
  if (applied.length > 0)
    say(
      `  Database brought to this version (${applied.length} migration${applied.length > 1 ? 's' : ''}).`,
    )
  if (changed.length > 0) say(`  ${wordsOfChanged(changed)}`)
}

/** The environment that worker and web server share. */
async function sharedEnvironment(settings, { ports, secrets, signIn, url, sandboxUrl }, env) {
  const { OIDC_CLIENT_SECRET: _, ...kept } = secrets
  return {
    ...(sandboxUrl ? { ...withoutAwsNames(env), ...(await sandboxEnvironment(sandboxUrl)) } : {}),
    ...fillIn(env, kept),
    ...signIn,
    ...(settings.localSignIn ? fillIn(env, localSignInDefaults(settings.CLAVIGER_AWS)) : {}),
    CLAVIGER_URL: url,
    NEXTAUTH_URL: url,
    PORT: String(ports.web),
    HOST: settings.HOST,
    NEXT_TELEMETRY_DISABLED: '1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true', // logs stay JSON
  }
}

/** What `npm run status` and the next start know of this run. */
const describeRun = (settings, { signIn, url, own, sandboxUrl }, { parts, logDir }, database) => ({
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
})

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
  claimDataDir(settings.dataDir)
  const running = makeParts(settings, { dev, env, say })
  const { keep, stop } = running
  try {
    const plan = await planProduct(settings)
    const { sandbox, idp } = startSandboxAndIdp(settings, plan, keep, { env, scenario })
    const database = running.hold(await openDatabase(settings, durable, say))
    await bringUpToDate(database.url, say)
    if (sandbox) await waitFor(`${plan.sandboxUrl}/_sandbox/health`, { unless: sandbox.failed })

    const shared = {
      ...(await sharedEnvironment(settings, plan, env)),
      DATABASE_URL: database.url,
    }
    keep('worker', typescript('lib/worker/main.ts'), shared, 15_000)
    const web = keep('web', webServer(...(dev ? ['--dev'] : [])), shared)
    if (idp) await waitFor(`http://localhost:${plan.ports.oidc}/health`, { unless: idp.failed })
    await waitFor(`${plan.own}/api/health`, { unless: web.failed })
    await waitFor(`${plan.own}/api/ready`, { unless: web.failed })

    const state = describeRun(settings, plan, running, database)
    writeRun(settings.dataDir, state)
    const failed = Promise.race([...running.parts.map((part) => part.failed), database.failed])
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
