// Prisma's own schema engine as WebAssembly (npm: @prisma/schema-engine-wasm): everything `prisma
// migrate` does, without the native binary from binaries.prisma.sh. For development and tests
// alone: production has lib/launch/migrations.mjs.
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
import { migrationsDir, readMigrations } from '../../launch/migrations.mjs'
import { rootDir } from '../../launch/paths.mjs'
import { schemaEngineAdapter, type EngineTraces } from './adapter'

const schemaDir = path.join(rootDir, 'prisma/schema')
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
 * The engine gives its lock ten seconds and never clears that timer, which would keep every process
 * alive as long.
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
 * Runs one thing with the engine on the database at `url`.
 * @throws Error in words a person can use
 */
export async function withSchemaEngine<T>(
  url: string,
  run: (engine: Engine) => Promise<T>,
): Promise<T> {
  await (loaded ??= load())
  const traces: EngineTraces = { failures: [], pools: [] }
  const adapter = bindMigrationAwareSqlAdapterFactory(schemaEngineAdapter(url, traces))
  try {
    const { files } = await readSchema()
    const engine = await bindings.SchemaEngine.new(
      { datamodels: files.map((file): [string, string] => [file.path, file.content]) },
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

/** Returns every file of the schema: one list of models, in files by domain. */
export async function readSchema(): Promise<SchemasContainer> {
  const names = (await readdir(schemaDir)).filter((name) => name.endsWith('.prisma')).sort()
  const paths = names.map((name) => path.join(schemaDir, name))
  return {
    files: await Promise.all(
      paths.map(async (file) => ({ path: file, content: await readFile(file, 'utf8') })),
    ),
  }
}

/** The migrations of this build, as the engine takes them. */
export async function listMigrations(): Promise<MigrationList> {
  const lockfile = path.join(migrationsDir, 'migration_lock.toml')
  return {
    baseDir: migrationsDir,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(lockfile, 'utf8').catch(() => null),
    },
    shadowDbInitScript: '',
    migrationDirectories: readMigrations().map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: sql } },
    })),
  }
}
