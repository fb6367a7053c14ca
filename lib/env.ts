import 'server-only'
import type { z } from 'zod'
import { findMissing, parseSettings, settingNames, type settingsSchema } from './env-schema.mjs'

type Parsed = z.output<typeof settingsSchema>
export type Settings = Omit<Parsed, 'DATABASE_URL' | 'CLAVIGER_URL'> & {
  DATABASE_URL: string
  CLAVIGER_URL: string
}

let cached: { key: string; settings: Settings } | undefined

/**
 * The settings of this process, checked. Read when needed and never while a module
 * loads, so that `next build` needs none. Throws an Error in one line when a setting is
 * wrong or there is no database.
 */
export function env(): Settings {
  const key = settingNames.map((name) => process.env[name]).join('\0')
  if (cached?.key === key) return cached.settings
  const { settings, problem } = parseSettings(process.env)
  if (problem !== null) throw new Error(problem)
  if (!settings.DATABASE_URL)
    throw new Error(
      'DATABASE_URL is not set: name a PostgreSQL 15 or newer, or run npm start, which brings its own.',
    )
  const complete = {
    ...settings,
    DATABASE_URL: settings.DATABASE_URL,
    CLAVIGER_URL: settings.CLAVIGER_URL ?? `http://localhost:${settings.PORT}`,
  }
  cached = { key, settings: complete }
  return complete
}

/** A setting that has no default; throws an Error that names it when it is not set. */
export function requireSetting<N extends keyof Settings>(name: N): NonNullable<Settings[N]> {
  const value = env()[name]
  if (value === undefined || value === null)
    throw new Error(`${name} is not set. .env.example says what it is; npm start makes its own.`)
  return value
}

/**
 * For a part's first line: throws an Error naming everything it lacks, instead of failing
 * at the first person's click.
 */
export function assertSettings(part: 'web' | 'worker'): Settings {
  const settings = env()
  const missing = findMissing(part, settings)
  if (missing) throw new Error(missing)
  return settings
}
