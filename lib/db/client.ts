import 'server-only'
import { AsyncLocalStorage } from 'node:async_hooks'
import pg from 'pg'
import { PrismaPg } from '@prisma/adapter-pg'
import { env } from '@/lib/env'
import { endWhenAbandoned, NobodyWaits, openEnds } from './abandoned'
import { requestFacts } from '../web/request-facts.mjs'
import { toBusy } from './busy'
import { sqltag, type Sql } from './statement'

export { empty, join, raw, type Sql } from './statement'
import { PrismaClient, type Prisma } from './generated/client'

/**
 * Runs SQL, on the pool or inside a transaction. bigint arrives as number, timestamps as Date,
 * jsonb parsed.
 */
export type Queryable = {
  /**
   * Returns the rows of a statement. Arrays go in as PostgreSQL arrays, objects as JSON, Dates as
   * timestamptz.
   */
  query<T extends object>(...statement: Statement): Promise<T[]>
  /** Returns how many rows a statement changed. */
  execute(...statement: Statement): Promise<number>
}

/**
 * What is composed comes as one value of the tag `sql`, which numbers the parameters; a text that
 * stands in one piece can name its own.
 */
export type Statement = [statement: Sql] | [text: string, params?: readonly unknown[]]
/** Returns a statement as pg takes it. */
export const textOf = ([statement, params = []]: Statement) =>
  typeof statement === 'string'
    ? { text: statement, values: [...params] }
    : { text: statement.text, values: statement.values }

/** Prisma's models and plain SQL on one connection, in one transaction. */
export type Tx = Prisma.TransactionClient & Queryable

const INT8 = 20
/**
 * Returns a bigint as number: counts and serial ids fit one. Throws for what does not, since it
 * would be silently wrong.
 */
function parseInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new RangeError(`bigint ${text} is beyond what a number holds`)
  return value
}
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === INT8 ? parseInt8 : pg.types.getTypeParser(oid, format)),
}

function queryableOf(connection: pg.Pool | pg.PoolClient): Queryable {
  return {
    async query<T extends object>(...statement: Statement) {
      const { rows } = await connection.query<T>({ ...textOf(statement), types })
      return rows
    },
    async execute(...statement) {
      const { rowCount } = await connection.query(textOf(statement))
      return rowCount ?? 0
    },
  }
}

// Next bundles this file once for pages and once for handlers, and its dev server loads it again at
// every change: the connections, and the way to find the one of a transaction, are the same for all
// of them.
declare global {
  var clavigerOpening: AsyncLocalStorage<{ client?: pg.PoolClient }> | undefined
  var clavigerDatabase: ReturnType<typeof open> | undefined
}

/** Where a transaction learns which connection Prisma took for it. */
const opening = (globalThis.clavigerOpening ??= new AsyncLocalStorage<{ client?: pg.PoolClient }>())

class NotingPool extends pg.Pool {
  readonly #ends: pg.Pool

  constructor(config: pg.PoolConfig) {
    super(config)
    this.#ends = openEnds(config)
  }

  override end(): Promise<void>
  override end(callback: () => void): void
  override end(callback?: () => void) {
    const ended = Promise.all([super.end(), this.#ends.end()]).then(() => {})
    if (!callback) return ended
    void ended.then(callback)
  }

  // pg declares connect twice (promise, callback); the adapter only uses the promise.
  override connect(): Promise<pg.PoolClient>
  override connect(
    callback: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: unknown) => void,
    ) => void,
  ): void
  override connect(
    callback?: (
      error: Error | undefined,
      client: pg.PoolClient | undefined,
      done: (release?: unknown) => void,
    ) => void,
  ) {
    // Read before waiting: whoever waits for a connection is served in the context of who gives
    // theirs back.
    const abandoned = requestFacts.getStore()?.abandoned
    if (callback) {
      return super.connect((error, client, done) => {
        if (client && abandoned?.aborted) {
          done()
          callback(new NobodyWaits(), undefined, () => {})
          return
        }
        if (client) endWhenAbandoned(client, this.#ends, abandoned)
        callback(error && toBusy(error), client, done)
      })
    }
    const slot = opening.getStore()
    return super.connect().then(
      (client) => {
        if (abandoned?.aborted) {
          client.release()
          throw new NobodyWaits()
        }
        endWhenAbandoned(client, this.#ends, abandoned)
        if (slot && !slot.client) slot.client = client
        return client
      },
      (error: unknown) => {
        throw toBusy(error)
      },
    )
  }
}

/**
 * After which a statement is ended: a page that takes longer has asked too much, a sweep or an
 * export hangs.
 */
const timeoutMs = { web: 20_000, others: 600_000 }

/** How this process reaches the database, for a connection of its own beside the pool too. */
export function connectionOf(part = process.env.CLAVIGER_PART ?? '') {
  const url = new URL(env().DATABASE_URL)
  url.searchParams.delete('schema')
  return {
    connectionString: url.toString(),
    connectionTimeoutMillis: 10_000,
    application_name: `claviger ${part}`.trim(),
  }
}

function open() {
  const pool = new NotingPool({
    ...connectionOf(),
    max: env().CLAVIGER_DATABASE_CONNECTIONS,
    idleTimeoutMillis: 30_000,
    statement_timeout: process.env.CLAVIGER_PART === 'web' ? timeoutMs.web : timeoutMs.others,
  })
  // An idle connection was lost: the next query opens another or fails by itself.
  pool.on('error', () => {})
  // So does one that somebody holds, whose next statement fails. The pool listens only to idle ones
  // and its borrowers only once they have it: an error in between would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return {
    pool,
    queryable: queryableOf(pool),
    prisma: new PrismaClient({ adapter: new PrismaPg(pool) }),
  }
}

const opened = () => (globalThis.clavigerDatabase ??= open())

/**
 * Returns an object whose members are looked up only when used, so that importing this file needs
 * no settings (`next build`).
 */
function lazily<T extends object>(get: () => T): T {
  return new Proxy({} as T, {
    get(_, name) {
      const target = get()
      const value: unknown = Reflect.get(target, name, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
    has: (_, name) => Reflect.has(get(), name),
  })
}

/**
 * Prisma, once. For a statement of your own use `sql`, for several that belong together
 * `transaction`.
 */
export const db: PrismaClient = lazily(() => opened().prisma)

const queryable: Queryable = lazily(() => opened().queryable)

/**
 * Plain SQL on the same pool: sync, ingest, queue loops and whatever Prisma cannot say. As a tag it
 * makes a statement or a part of one: a value becomes a parameter, another part is put in its place.
 */
export const sql: typeof sqltag & Queryable = Object.assign(
  (...template: Parameters<typeof sqltag>) => sqltag(...template),
  {
    query: <T extends object>(...statement: Statement) => queryable.query<T>(...statement),
    execute: (...statement: Statement) => queryable.execute(...statement),
  },
)

/** Returns the pool itself, for what must keep a connection: LISTEN, cursors. */
export const pool = (): pg.Pool => opened().pool

/**
 * Runs in one transaction: all of it or nothing. No call to AWS or any other network inside, since
 * it can take seconds and cannot be rolled back (lib/db/README.md, "Transactions").
 * @throws what `run` throws, after rolling back.
 */
export async function transaction<T>(
  run: (tx: Tx) => Promise<T>,
  options: { isolationLevel?: Prisma.TransactionIsolationLevel; timeoutMs?: number } = {},
): Promise<T> {
  const slot: { client?: pg.PoolClient } = {}
  return opening
    .run(slot, () =>
      opened().prisma.$transaction(
        async (prisma) => {
          const { client } = slot
          if (!client)
            throw new Error('Prisma took no connection from our pool for this transaction')
          const plain = queryableOf(client)
          return opening.run({ client }, () => run(withQueryable(prisma, plain)))
        },
        {
          isolationLevel: options.isolationLevel,
          timeout: options.timeoutMs ?? 30_000,
          maxWait: 20_000,
        },
      ),
    )
    .catch((error: unknown) => {
      throw toBusy(error)
    })
}

/**
 * Puts the two members of Queryable before Prisma's transaction client, which is itself a proxy
 * that knows only models.
 */
function withQueryable(prisma: Prisma.TransactionClient, plain: Queryable): Tx {
  const both: object = new Proxy(prisma, {
    get: (target, name) =>
      name === 'query' || name === 'execute' ? plain[name] : Reflect.get(target, name, target),
  })
  return both as Tx
}

/** Ends the pool: for a process that is about to exit and for tests. */
export async function closeDatabase(): Promise<void> {
  const current = globalThis.clavigerDatabase
  globalThis.clavigerDatabase = undefined
  if (!current) return
  await current.prisma.$disconnect()
  await current.pool.end()
}
