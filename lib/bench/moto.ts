// npm run bench -- moto [--keys 300]: the console against moto, which nobody here
// wrote. It brings moto (from PyPI), its own Postgres and console. The last line is
// JSON; exit status 1 for any fault.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  GetKeyPolicyCommand,
  KMSClient,
  ListGrantsCommand,
  RevokeGrantCommand,
  type GrantListEntry,
} from '@aws-sdk/client-kms'
import pg from 'pg'
import { cleanEnvironment } from '../../e2e/environment'
import { offerProducts } from '../../e2e/product'
import type { Who } from '../../e2e/support/people'
import type { AskedChange } from '../changes/request/ask'
import { buildWeb } from '../launch/build.mjs'
import { dataDirOf, makeDataDir, makeTempDir } from '../launch/paths.mjs'
import { clusterHome } from '../launch/postgres.mjs'
import { removeAtEnd } from '../launch/processes.mjs'
import { startProduct } from '../launch/product.mjs'
import { readSettings } from '../launch/settings.mjs'
import { openAll, signIn, waitForChange, type Person } from './moto-console'
import {
  appArn,
  credentialsOf,
  fillMoto,
  grantedKeyAt,
  motoAccounts,
  motoCredentials,
  motoRegions,
  roleArn,
  rsaKeyAt,
  type Filled,
  type FilledKey,
} from './moto-fill'
import { Missing, startMoto } from './moto-server'

const sweepsWithinMs = 60_000
const { values } = parseArgs({ options: { keys: { type: 'string', default: '300' } } })
const keysInEach = Math.ceil(Number(values.keys) / (motoAccounts.length * motoRegions.length))
if (!(keysInEach >= 10)) {
  console.error('--keys is a number of at least 40: ten in each of two Regions of two accounts.')
  process.exit(2)
}

const faults: string[] = []
const expectThat = (holds: boolean, words: string) => {
  if (!holds) faults.push(words)
}
const figures: Record<string, unknown> = {}
const begun = Date.now()
const note = (phase: string) => {
  console.log(JSON.stringify({ phase, seconds: Math.round((Date.now() - begun) / 1_000) }))
}

const tools = makeDataDir(dataDirOf())
const dataDir = removeAtEnd(makeTempDir('bench-moto'))
removeAtEnd(clusterHome(path.join(dataDir, 'postgres')))

const moto = await startMoto(tools).catch((error: unknown) => {
  if (!(error instanceof Missing)) throw error
  console.error(error.message)
  process.exit(1)
})
const closers: (() => Promise<void>)[] = [moto.stop]
try {
  await run()
} catch (error) {
  faults.push(error instanceof Error ? error.message : String(error))
} finally {
  for (const close of closers.reverse()) await close()
  rmSync(dataDir, { recursive: true, force: true })
}
for (const fault of faults) console.log(JSON.stringify({ fault }))
console.log(JSON.stringify({ moto: moto.version, ...figures, faults: faults.length }))
process.exit(faults.length > 0 ? 1 : 0)

async function run(): Promise<void> {
  const { endpoint } = moto
  const filled = await fillMoto(endpoint, keysInEach)
  note('moto is filled')
  const claviger = await startConsole(endpoint)
  note('the console runs')
  await awaitSweeps(claviger.query, filled)
  note('sweeps')
  const [key] = filled.keys
  if (!key) throw new Error('moto has no key')
  const people = await signInPeople()
  await expectAccess(people.admin, key)
  const grantRequest = await driveGrant(people, key)
  await previewRevocation(people, filled.keys)
  await drivePolicy(people, key)
  note('requests')
  await openPages(people.admin, filled.keys, grantRequest)
}

type Query = <T extends object>(text: string) => Promise<T[]>

async function startConsole(endpoint: string): Promise<{ query: Query }> {
  await buildWeb()
  note('the web server is built')
  mkdirSync(dataDir, { recursive: true })
  const file = path.join(dataDir, 'accounts.json')
  writeFileSync(
    file,
    JSON.stringify(
      motoAccounts.map((id) => ({
        id,
        name: `moto-${id}`,
        regions: motoRegions,
        readRoleArn: roleArn(id, 'ClavigerRead'),
        writeRoleArn: roleArn(id, 'ClavigerWrite'),
      })),
    ),
  )
  const env = {
    ...cleanEnvironment(dataDir),
    CLAVIGER_AWS: 'live',
    CLAVIGER_LOCAL_SIGN_IN: '1',
    CLAVIGER_ACCOUNTS_FILE: file,
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: motoRegions[0],
    AWS_ACCESS_KEY_ID: motoCredentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: motoCredentials.secretAccessKey,
  }
  const settings = await readSettings(env)
  const product = await startProduct(settings, { env, durable: false })
  closers.push(product.stop)
  const { url, database } = product.state
  offerProducts([{ url, databaseUrl: database, sandboxUrl: '', identityProviderUrl: '', dataDir }])
  const pool = new pg.Pool({ connectionString: product.state.database, max: 2 })
  pool.on('error', () => {}) // the server goes down with the bench
  closers.push(() => pool.end())
  return { query: async <T extends object>(text: string) => (await pool.query<T>(text)).rows }
}

/**
 * Until every sweep but that of last use, which trickles, has ended; what
 * takes too long is a fault.
 */
async function awaitSweeps(query: Query, filled: Filled) {
  const began = Date.now()
  const places = filled.keys.length > 0 ? motoAccounts.length * motoRegions.length : 0
  const isDone = async () => {
    const [row] = await query<{ open: number; ended: number }>(
      `SELECT count(*) FILTER (WHERE "endedAt" IS NULL)::int AS "open",
         count(*) FILTER (WHERE "endedAt" IS NOT NULL
           AND "kind" IN ('core', 'grants', 'rotations'))::int AS "ended"
       FROM "Sweep" WHERE "kind" <> 'lastUsage'`,
    )
    return row !== undefined && row.open === 0 && row.ended >= 3 * places
  }
  while (!(await isDone()) && Date.now() - began < sweepsWithinMs) await sleep(250)
  figures.sweepSeconds = Math.round((Date.now() - began) / 100) / 10
  const open = await query<{ kind: string; accountId: string; region: string }>(
    `SELECT "kind", "accountId", "region" FROM "Sweep"
     WHERE "endedAt" IS NULL AND "kind" <> 'lastUsage'`,
  )
  const which = open
    .map(({ kind, accountId, region }) => `${kind} ${accountId} ${region}`)
    .join(', ')
  expectThat(open.length === 0, `sweeps have not ended within a minute: ${which}`)
  const [seen] = await query<{ keys: number; grants: number }>(
    `SELECT (SELECT count(*)::int FROM "Key" WHERE "goneAt" IS NULL) AS "keys",
       (SELECT count(*)::int FROM "Grant" WHERE "goneAt" IS NULL) AS "grants"`,
  )
  Object.assign(figures, seen)
  const { keys, grants } = filled
  expectThat(seen?.keys === keys.length, `${seen?.keys} of ${keys.length} keys were read`)
  expectThat(seen?.grants === grants, `${seen?.grants} of ${grants} grants were read`)
}

type People = Record<'admin' | 'requester', Person> & { deciders: Person[] }

async function signInPeople(): Promise<People> {
  const deciders: Who[] = ['approver', 'approver-2', 'key-administrator']
  return {
    admin: await signIn('admin'),
    requester: await signIn('requester'),
    deciders: await Promise.all(deciders.map(signIn)),
  }
}

/** Neither account is in an organization, and moto says so: access must be certain. */
async function expectAccess(admin: Person, key: FilledKey): Promise<void> {
  const { body } = await admin.get(`/api/keys/${key.accountId}/${key.region}/${key.keyId}/access`)
  const { rows = [] } = JSON.parse(body) as {
    rows?: { id: string; cells: Record<string, string> }[]
  }
  const cells = rows.find(({ id }) => id === appArn(key.accountId))?.cells
  expectThat(cells?.decrypt === 'yes', `decrypt for the role app is ${cells?.decrypt}, not yes`)
}

async function openMoto({ accountId, region }: FilledKey): Promise<KMSClient> {
  const credentials = await credentialsOf(moto.endpoint, accountId)
  return new KMSClient({ endpoint: moto.endpoint, region, credentials })
}

async function revoke(key: FilledKey, GrantId: string): Promise<void> {
  await (await openMoto(key)).send(new RevokeGrantCommand({ KeyId: key.keyId, GrantId }))
}

/** What moto holds of a key: its grants and its policy. */
async function seeKey(key: FilledKey) {
  const { keyId } = key
  const kms = await openMoto(key)
  const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: keyId }))
  const { Policy } = await kms.send(
    new GetKeyPolicyCommand({
      KeyId: keyId,
      PolicyName: 'default',
    }),
  )
  return { grants: Grants, policy: Policy ?? '' }
}

function asText({ grants, policy }: { grants: GrantListEntry[]; policy: string }): string {
  return JSON.stringify([grants.map(({ GrantId, Name }) => [GrantId, Name]).sort(), policy])
}

/** Fills the form and looks at the preview; moto must hold afterwards what it held before. */
async function preview(
  { requester }: People,
  { accountId, region, arn, ...key }: FilledKey,
  change: Pick<AskedChange, 'kind' | 'input'>,
  endsAt?: string | null,
): Promise<string> {
  const place = { accountId, region, arn, ...key }
  const before = await seeKey(place)
  const { id } = await requester.act<{ id: string }>('requests/new/actions.ts previewRequest', {
    justification: 'Measured by the bench.',
    changes: [{ ...change, accountId, region, keyArn: arn, startsAt: null, endsAt }],
  })
  const { status } = await requester.get(`/requests/${id}`)
  expectThat(status === 200, `the preview of ${change.kind} answers ${status}`)
  const after = await seeKey(place)
  const isSame = asText(before) === asText(after)
  expectThat(isSame, `a preview of ${change.kind} changed moto`)
  // What comes after is judged by itself.
  const known = new Set(before.grants.map(({ GrantId }) => GrantId))
  for (const { GrantId } of after.grants) {
    if (!known.has(GrantId)) await revoke(place, GrantId ?? '')
  }
  figures.previews = Number(figures.previews ?? 0) + 1
  return id
}

/** Sends a draft and lets others approve it, until nobody is missing. */
async function approve({ requester, deciders }: People, id: string): Promise<void> {
  await requester.act('requests/actions.ts sendRequest', { id })
  for (const decider of deciders) {
    const [change] = (await decider.readRequest(id)).changes
    if (!change || change.status !== 'open' || !change.decide.may) continue
    await decider.act('requests/actions.ts decideChange', {
      changeId: change.id,
      decision: 'approve',
      comment: 'Seen.',
      requestHash: change.requestHash,
      baselineHash: change.baselineHash,
    })
  }
}

async function driveGrant(people: People, key: FilledKey): Promise<string> {
  const grantee = roleArn(motoAccounts[1], 'app')
  const id = await preview(people, key, {
    kind: 'grant-create',
    input: { granteePrincipal: grantee, operations: ['Decrypt'] },
  })
  await approve(people, id)
  const change = await waitForChange(people.requester, id, 'applied')
  const named = async () => (await seeKey(key)).grants.filter(({ Name }) => Name === change.id)
  const made = await named()
  expectThat(made.length === 1, `moto has ${made.length} grants of the change, not 1`)
  await people.requester.act('requests/actions.ts endNow', { changeId: change.id, reason: 'Done.' })
  await waitForChange(people.requester, id, 'reverted')
  const left = await named()
  expectThat(left.length === 0, `${left.length} grants of the change are left after its end`)
  return id
}

/** A grant that is there, and a draft to revoke it that nobody sends. */
async function previewRevocation(people: People, keys: readonly FilledKey[]): Promise<void> {
  const key = keys[grantedKeyAt]
  if (!key) throw new Error('moto has no keys')
  const [grant] = (await seeKey(key)).grants
  if (!grant?.GrantId) throw new Error('the key to revoke a grant of has none')
  const id = await preview(
    people,
    key,
    {
      kind: 'grant-revoke',
      input: { grantId: grant.GrantId },
    },
    null,
  )
  await people.requester.act('requests/actions.ts discardDraft', { id })
}

async function drivePolicy(people: People, key: FilledKey): Promise<void> {
  const { policy: before } = await seeKey(key)
  const document = JSON.parse(before) as { Statement: { Sid?: string; Action?: unknown }[] }
  const statement = document.Statement[1]
  if (!statement) throw new Error('the key policy is not the one that was put')
  statement.Action = ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt']
  const policy = JSON.stringify(document, null, 2)
  const id = await preview(people, key, { kind: 'policy-put', input: { policy } }, null)
  await approve(people, id)
  await waitForChange(people.requester, id, 'applied')
  expectThat((await seeKey(key)).policy === policy, 'moto does not have the policy that was put')
}

async function openPages(admin: Person, keys: readonly FilledKey[], requestId: string) {
  const [key, rsaKey] = [keys[0], keys[rsaKeyAt]]
  if (!key || !rsaKey) throw new Error('moto has no keys')
  const opened = await openAll(admin, { key, rsaKey, requestId })
  for (const { path: opens, status, isFailed } of opened) {
    expectThat(!isFailed, `${opens} failed (${status})`)
  }
  const slowest = opened.toSorted((a, b) => b.ms - a.ms)[0]
  Object.assign(figures, { pages: opened.length, slowest: slowest?.path, slowestMs: slowest?.ms })
}
