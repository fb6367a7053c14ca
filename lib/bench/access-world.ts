/**
 * The demo, with what it has too little of: keys in every state, conditions, encryption
 * contexts, grants and sessions.
 */
import {
  CreateGrantCommand,
  CreateKeyCommand,
  KMSClient,
  type CreateKeyCommandInput,
} from '@aws-sdk/client-kms'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Queryable } from '../db/client'
import { keyStates } from '../kms/key-states'
import { openSandbox } from '../sandbox/open'
import type { Sandbox } from '../sandbox/sandbox'
import { startServer } from '../sandbox/server'
import type { Key, Session } from '../sandbox/world'
import type { Credentials } from './access-ask'
import { drawGrant, drawPolicy, drawSession, pickFrom, type Random } from './access-random'

const region = 'eu-west-1'
const externalId = 'claviger-bench'
const specs: readonly CreateKeyCommandInput[] = [
  {},
  {},
  {},
  { KeySpec: 'RSA_2048', KeyUsage: 'SIGN_VERIFY' },
  { KeySpec: 'HMAC_256', KeyUsage: 'GENERATE_VERIFY_MAC' },
  { KeySpec: 'ECC_NIST_P256', KeyUsage: 'KEY_AGREEMENT' },
  { MultiRegion: true },
]

export type AccessWorld = {
  endpoint: string
  control: <T = unknown>(method: string, name: string, body?: unknown) => Promise<T>
  /** Users and roles of the demo, and sessions of some of its roles. */
  principals: readonly Credentials[]
  close: () => Promise<void>
}

/** `keysPerState`: keys made in each of AWS's key states, besides those of the demo. */
export async function openAccessWorld(
  random: Random,
  keysPerState: number,
  sessions: number,
): Promise<AccessWorld> {
  const sandbox = await openSandbox({ scenario: 'demo', externalId })
  const server = await startServer(sandbox, 0)
  const endpoint = `http://127.0.0.1:${server.port}`
  const control = async <T>(method: string, name: string, body?: unknown): Promise<T> => {
    const answer = await fetch(`${endpoint}/_sandbox/${name}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${name}: ${await answer.text()}`)
    return (await answer.json()) as T
  }
  const own = await control<Credentials[]>('GET', 'credentials')
  const roles = own.filter(
    ({ arn }) => arn.includes(':role/') && !arn.includes(':role/aws-service-role/'),
  )
  const assumed = Array.from({ length: sessions }, (_, nth) =>
    openSession(sandbox, pickFrom(random, roles).arn, nth, random),
  )
  const principals = [...own, ...assumed]
  await makeKeys(sandbox, endpoint, principals, random, keysPerState)
  pointConsole(endpoint, own)
  return { endpoint, control, principals, close: () => server.close() }
}

/** The console's own clients go to this sandbox. */
function pointConsole(endpoint: string, principals: readonly Credentials[]): void {
  const host = principals.find(({ arn }) => arn.endsWith(':user/claviger-host'))
  if (!host) throw new Error('the scenario has no claviger-host')
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: host.accessKeyId,
    AWS_SECRET_ACCESS_KEY: host.secretAccessKey,
    CLAVIGER_EXTERNAL_ID: externalId,
    CLAVIGER_BUDGET_SHARE: '1',
  })
}

/** As STS would have made it; whether its trust policy allows that is another bench's question. */
function openSession(sandbox: Sandbox, roleArn: string, nth: number, random: Random): Credentials {
  const { policies, tags } = drawSession(random)
  const [, , , , accountId = ''] = roleArn.split(':')
  const name = roleArn.split('/').at(-1) ?? ''
  const id = `ASIABENCH${String(nth).padStart(11, '0')}`
  const session: Session = {
    accessKeyId: id,
    secretAccessKey: randomUUID(),
    sessionToken: randomUUID(),
    roleArn,
    arn: `arn:aws:sts::${accountId}:assumed-role/${name}/bench-${nth}`,
    sessionPolicies: [...policies],
    sourceIdentity: null,
    tags: new Map(Object.entries(tags)),
    createdAt: Date.now(),
    expiresAt: Date.now() + 12 * 3_600_000,
  }
  sandbox.world.sessions.set(id, session)
  return {
    arn: session.arn,
    accountId,
    accessKeyId: id,
    secretAccessKey: session.secretAccessKey,
    session: { roleArn, token: session.sessionToken, policies, tags },
  }
}

async function makeKeys(
  sandbox: Sandbox,
  endpoint: string,
  principals: readonly Credentials[],
  random: Random,
  perState: number,
) {
  const accounts = [...new Set(principals.map(({ accountId }) => accountId))]
  const arns = principals.map(({ arn }) => arn)
  const wanted = keyStates.flatMap((state) => Array.from({ length: perState }, () => state))
  for (const [nth, state] of wanted.entries()) {
    const accountId = pickFrom(random, accounts)
    const client = new KMSClient({
      endpoint,
      region,
      credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
    })
    try {
      const { KeyMetadata: made } = await client.send(
        new CreateKeyCommand({
          ...pickFrom(random, specs),
          // By it the keys have an order, where their ids are new each time.
          Description: `bench ${String(nth).padStart(4, '0')}`,
        }),
      )
      const key = sandbox.world.accounts
        .get(accountId)
        ?.regions.get(region)
        ?.keys.get(made?.KeyId ?? '')
      if (!key) throw new Error('the sandbox does not have the key it made')
      for (let left = Math.floor(random() * 3); left > 0; left--) {
        const grant = drawGrant(random, arns, key.keySpec === 'SYMMETRIC_DEFAULT')
        await client.send(new CreateGrantCommand({ KeyId: key.arn, ...grant })).catch(ignoreRefusal)
      }
      key.policy = drawPolicy(random, accountId, arns)
      putInState(key, state)
    } catch (error) {
      ignoreRefusal(error)
    } finally {
      client.destroy()
    }
  }
}

/** Control policies of the demo keep some accounts from making keys, and some grants fit no key. */
function ignoreRefusal(error: unknown): void {
  if (!(error instanceof Error) || !/AccessDenied|Validation|InvalidArn/.test(error.name))
    throw error
}

/** What passes by itself within seconds is kept, so that it can be asked about. */
function putInState(key: Key, state: Key['state']): void {
  key.state = state
  key.settles =
    state === 'Creating' || state === 'Updating' ? { state: 'Enabled', at: Infinity } : null
  if (state !== 'PendingDeletion') return
  key.deletionAt = Date.now() + 20 * 86_400_000
  key.pendingWindowDays = 30
}

const kinds = ['core', 'grants', 'lastUsage', 'iam', 'organization'] as const

/**
 * Reads the world into the inventory with the console's own sweeps, as a worker would. `only`:
 * these Regions; absent: all.
 */
export async function sweepAccessWorld(
  sql: Queryable,
  only: readonly string[] = [],
): Promise<void> {
  const [{ discoverAccounts }, { sweeps }, { queueDueSweeps }, { makeSweepLoop }] =
    await Promise.all([
      import('../accounts/discover'),
      import('../accounts/sweeps'),
      import('../sweep/queue'),
      import('../worker/sweeps'),
    ])
  await discoverAccounts()
  await sql.execute('UPDATE "Account" SET "onlyRegions" = $1', [[...only]])
  const stop = new AbortController()
  const loop = makeSweepLoop(randomUUID())
  for (let quiet = 0; quiet < 8; await sleep(100)) {
    await queueDueSweeps(sweeps)
    await loop.claim(stop.signal)
    const [row] = await sql.query<{ open: number; kinds: number }>(
      `SELECT count(*) FILTER (WHERE "endedAt" IS NULL)::int AS "open",
         count(DISTINCT "kind") FILTER (WHERE "endedAt" IS NOT NULL)::int AS "kinds"
       FROM "Sweep" WHERE "kind" = ANY($1)`,
      [[...kinds]],
    )
    quiet = row && row.open === 0 && row.kinds === kinds.length ? quiet + 1 : 0
  }
  await loop.settled()
}
