import { readFileSync } from 'node:fs'
import path from 'node:path'

const dist = path.join(import.meta.dirname, '../..', process.env.NEXT_DIST_DIR || '.next')
// Next's own manifests
const read = <T>(file: string): T => JSON.parse(readFileSync(path.join(dist, file), 'utf8')) as T

export type BuiltAction = { id: string; name: string; page: string }

/** What the build under test serves: every page, every handler, every server action. */
export function readBuild(): { pages: string[]; handlers: string[]; actions: BuiltAction[] } {
  const routes = Object.entries(read<Record<string, string>>('app-path-routes-manifest.json'))
  const own = ([source]: [string, string]) => !source.startsWith('/_')
  const of = (kind: string) =>
    routes
      .filter(own)
      .filter(([source]) => source.endsWith(`/${kind}`))
      .map(([, route]) => route)
  type Reference = { workers: Record<string, unknown>; filename: string; exportedName: string }
  const references = read<{ node: Record<string, Reference>; edge: Record<string, Reference> }>(
    'server/server-reference-manifest.json',
  )
  const actions = Object.entries({ ...references.node, ...references.edge }).map(
    ([id, { workers, filename, exportedName }]) => ({
      id,
      name: `${filename.replace('app/(console)/', '')} ${exportedName}`,
      page: routeOf(Object.keys(workers)[0] ?? ''),
    }),
  )
  return { pages: of('page'), handlers: of('route'), actions }
}

/** app/(console)/settings/page -> /settings */
const routeOf = (worker: string): string =>
  worker
    .replace(/^app/, '')
    .replace(/\/\([^)]*\)/g, '')
    .replace(/\/page$/, '') || '/'
