// Prisma's own schema engine as WebAssembly (npm: @prisma/schema-engine-wasm): everything
// `prisma migrate` does, without the native binary from binaries.prisma.sh.
import 'server-only'
import { readFile, readdir } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'
import type {
  MigrationList,
  SchemaEngine as Engine,
  SchemasContainer,
} from '@prisma/schema-engine-wasm/schema_engine_bg'
import { schemaEngineAdapter, type EngineTraces } from './schema-engine-adapter'

export const schemaPath = path.join(import.meta.dirname, '../../prisma/schema.prisma')
export const migrationsDir = path.join(import.meta.dirname, '../../prisma/migrations')
/** Nothing in the database belongs to someone else. */
export const filters = { externalTables: [], externalEnums: [] }

/** The engine reports a panic through this global, then its promise never settles. */
declare global {
  var PRISMA_WASM_PANIC_REGISTRY:
    | { message: string; set_message(message: string): void }
    | undefined
}
globalThis.PRISMA_WASM_PANIC_REGISTRY ??= {
  message: '',
  set_message(message) {
    this.message = message
  },
}

let loaded: Promise<void> | undefined

/**
 * The engine gives its lock ten seconds and never clears that timer, which would keep
 * every process alive as long.
 */
function withoutLingeringTimers(imports: WebAssembly.ModuleImports): WebAssembly.ModuleImports {
  const setTimeoutOnce = (callback: () => void, ms: number) =>
    setTimeout(callback, ms >>> 0).unref()
  return Object.fromEntries(
    Object.entries(imports).map(([name, value]) => [
      name,
      name.startsWith('__wbg_setTimeout') ? setTimeoutOnce : value,
    ]),
  )
}

async function load(): Promise<void> {
  const file = path.join(
    path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm')),
    'schema_engine_bg.wasm',
  )
  const module = await WebAssembly.compile(await readFile(file))
  const instance = await WebAssembly.instantiate(module, {
    './schema_engine_bg.js': withoutLingeringTimers({ ...bindings } as WebAssembly.ModuleImports),
  })
  bindings.__wbg_set_wasm(instance.exports)
  const start = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
}

/** Words of whatever went wrong underneath: the database's own message when there is one. */
function explain(error: unknown, failures: unknown[]): string {
  const panic = globalThis.PRISMA_WASM_PANIC_REGISTRY?.message
  const cause = failures.at(-1)
  return [
    cause instanceof Error ? cause.message : '',
    error instanceof Error ? error.message : String(error),
    panic,
  ]
    .filter(Boolean)
    .join(' | ')
}

/**
 * Runs one thing with the engine on the database at `url`; throws an Error
 * in words a person can use.
 */
export async function withSchemaEngine<T>(
  url: string,
  run: (engine: Engine) => Promise<T>,
): Promise<T> {
  await (loaded ??= load())
  const traces: EngineTraces = { failures: [], pools: [] }
  const adapter = bindMigrationAwareSqlAdapterFactory(schemaEngineAdapter(url, traces))
  try {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: [[schemaPath, await readFile(schemaPath, 'utf8')]] },
      () => {},
      adapter,
    )
    return await run(engine)
  } catch (error) {
    throw new Error(explain(error, traces.failures), { cause: error })
  } finally {
    await Promise.all(traces.pools.filter((pool) => !pool.ending).map((pool) => pool.end()))
  }
}

export async function readSchema(): Promise<SchemasContainer> {
  return { files: [{ path: schemaPath, content: await readFile(schemaPath, 'utf8') }] }
}

/** The migrations of this build, in Prisma's own folders. */
export async function readMigrations(dir = migrationsDir): Promise<MigrationList> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => [])
  const names = entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
  const migrationDirectories = await Promise.all(
    names.map(async (name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: {
          tag: 'ok' as const,
          value: await readFile(path.join(dir, name, 'migration.sql'), 'utf8'),
        },
      },
    })),
  )
  const content = await readFile(path.join(dir, 'migration_lock.toml'), 'utf8').catch(() => null)
  return {
    baseDir: dir,
    lockfile: { path: 'migration_lock.toml', content },
    shadowDbInitScript: '',
    migrationDirectories,
  }
}
