import 'server-only'
import type { Permit } from '../auth/permit'
import type { Scope } from '../db/scope'
import { accountNames } from '../inventory/read'
import { plain, type Plain } from '../inventory/plain'
import { listLogFilesHealth } from './log-files/health'
import { listLookupHealth } from './lookup/health'
import { sumUnseen, type Unseen } from './unseen'
import type { SourceHealth } from './source-health'
import { listTrailHealth } from './trails/health'

/** Each kind of source. What a later one says of the same name goes before. */
const lists: readonly ((scope: Scope) => Promise<SourceHealth[]>)[] = [
  listLookupHealth,
  listTrailHealth,
  listLogFilesHealth,
]

export type Sources = {
  sources: Plain<SourceHealth>[]
  /** Account id -> name. */
  accounts: Record<string, string>
}

const urgency: readonly SourceHealth['state'][] = [
  'problem',
  'silent',
  'behind',
  'reading',
  'upToDate',
  'off',
]
/** What leaves something out stands before what is well. */
const urgencyOf = ({ state, cannotSee }: SourceHealth): number =>
  Math.min(urgency.indexOf(state), cannotSee.length > 0 ? urgency.indexOf('reading') : Infinity)

/** The sources of the accounts in the person's scope; those that need somebody first. */
async function listAll(scope: Scope): Promise<SourceHealth[]> {
  const found = new Map<string, SourceHealth>()
  for (const source of (await Promise.all(lists.map((list) => list(scope)))).flat()) {
    const before = found.get(source.name)
    found.set(source.name, before ? together(before, source) : source)
  }
  return [...found.values()].toSorted(
    (a, b) => urgencyOf(a) - urgencyOf(b) || (a.name < b.name ? -1 : 1),
  )
}

/** A trail as AWS describes it, and as its log files are read. */
const together = (described: SourceHealth, read: SourceHealth): SourceHealth => ({
  ...read,
  state: described.state === 'problem' && read.state === 'upToDate' ? 'problem' : read.state,
  problem: read.problem ?? described.problem,
  cannotSee: [...new Set([...described.cannotSee, ...read.cannotSee])],
})

export async function listSources({ scope }: Permit<'trail.read'>): Promise<Sources> {
  const sources = await listAll(scope)
  const names = await accountNames(sources.map(({ accountId }) => accountId))
  return { sources: plain(sources), accounts: Object.fromEntries(names) }
}

/** What an answer about events of these accounts could not see. */
export const readUnseen = async ({ scope }: Permit<'trail.read'>): Promise<Unseen> =>
  sumUnseen(await listAll(scope))
