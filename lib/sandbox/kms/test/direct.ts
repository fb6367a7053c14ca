import { randomUUID } from 'node:crypto'
import { openAccount } from '../../accounts'
import { AwsError, type Call, type Input } from '../../call'
import type { Key, World } from '../../world'
import { kmsOperations } from '../operations'

export const account = '111122223333'
const home = 'eu-west-1'

/**
 * A world of one empty account with an administrator, and KMS called in it without a server, at
 * a clock of the test's own.
 */
export function makeBench(start = Date.UTC(2026, 10, 1)) {
  const world: World = {
    scenario: 'empty',
    seed: 1,
    clockAheadMs: 0,
    builtAt: start,
    accounts: new Map(),
    organization: null,
    accessKeys: new Map(),
    sessions: new Map(),
    buckets: new Map(),
    trailSigners: new Map(),
    athena: { answers: [], workGroups: new Map(), executions: new Map() },
  }
  openAccount(world, account)
  const bench = {
    world,
    now: start,
    shortPage: false,
    run: (operation: string, input: Input = {}, at: { region?: string; accountId?: string } = {}) =>
      run(operation, input, at),
    /** The error's name, or `ok`. */
    fails: async (
      operation: string,
      input: Input = {},
      at: { region?: string; accountId?: string } = {},
    ) => {
      try {
        await run(operation, input, at)
        return 'ok'
      } catch (error) {
        if (error instanceof AwsError) return error.code
        throw error
      }
    },
    key: (keyId: string, region = home, accountId = account): Key => {
      const key = world.accounts.get(accountId)?.regions.get(region)?.keys.get(keyId)
      if (!key) throw new Error(`No key ${keyId} in ${region}`)
      return key
    },
    makeKey: async (input: Input = {}, region = home) =>
      readPath(await run('CreateKey', input, { region }), 'KeyMetadata', 'KeyId'),
    lastCall: null as Call | null,
  }
  async function run(
    operation: string,
    input: Input,
    at: { region?: string; accountId?: string },
  ): Promise<Input> {
    const accountId = at.accountId ?? account
    openAccount(world, accountId)
    const arn = `arn:aws:iam::${accountId}:user/admin`
    const call: Call = {
      world,
      now: bench.now,
      region: at.region ?? home,
      service: 'kms',
      operation,
      requestId: randomUUID(),
      eventId: randomUUID(),
      sourceIp: '127.0.0.1',
      userAgent: 'test',
      trail: { keys: [] },
      shortPage: bench.shortPage,
      caller: {
        accountId,
        arn,
        kind: 'user',
        entityArn: arn,
        userId: 'AIDATEST',
        accessKeyId: accountId,
        sessionPolicies: [],
        sourceIdentity: null,
        sessionCreatedAt: null,
      },
    }
    bench.lastCall = call
    const operate = kmsOperations[operation]
    if (!operate) throw new Error(`No operation ${operation}`)
    return JSON.parse(JSON.stringify(await operate(call, JSON.parse(JSON.stringify(input)))))
  }
  return bench
}

export type Bench = ReturnType<typeof makeBench>

/** Text at a path of an answer. */
export function readPath(value: unknown, ...path: (string | number)[]): string {
  let at = value
  for (const step of path)
    at = typeof at === 'object' && at !== null ? Reflect.get(at, step) : undefined
  if (typeof at !== 'string')
    throw new Error(`No text at ${path.join('.')} of ${JSON.stringify(value)}`)
  return at
}

export const base64 = (text: string) => Buffer.from(text).toString('base64')
