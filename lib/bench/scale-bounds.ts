import type { Address, Kind } from './scale-addresses'

/** What an answer can cost at most; left out: as much as it takes. */
type Bounds = {
  /** Of 8 kB, touched by its statements when they have run before. */
  blocks?: number
  statements?: number
  /** That statements returned or changed. */
  rows?: number
  /** In PostgreSQL, all statements together, p95. */
  postgresMs?: number
  /** Of the body. */
  kilobytes?: number
}

const everything: Bounds = { blocks: 5_000, statements: 40, rows: 6_000 }

const byKind: Readonly<Record<Kind, Bounds>> = {
  page: everything,
  handler: everything,
  list: { ...everything, postgresMs: 50 },
  // Read in pieces to the last row: what counts is that it raises nobody's memory.
  export: {},
}

/** Of one door, instead of what holds for its kind. */
const byDoor: Readonly<Record<string, Bounds>> = {
  '/requests/[id]': { kilobytes: 300, statements: 20 },
  '/api/requests/[id]': { kilobytes: 300, statements: 20 },
  '/api/grants': { postgresMs: 150 },
}

/** Every bound of an answer over a fleet of full size: the one table of them. */
const boundsOf = ({ door, kind }: Address): Bounds =>
  kind === 'export' ? {} : { ...byKind[kind], ...byDoor[door] }

/** What one person's worst questions leave to the others, and what the processes can take. */
export const besideBounds = {
  keysMs: 300,
  healthMs: 100,
  webMegabytes: 600,
  workerMegabytes: 500,
  exportMegabytes: 100,
  parallelLoads: 200,
} as const

export type Measured = Required<Bounds>

/** What is above its bound, in words; none: all of it holds. */
export function listBroken(address: Address, measured: Measured): string[] {
  const bounds = boundsOf(address)
  const names = ['blocks', 'statements', 'rows', 'postgresMs', 'kilobytes'] as const
  return names.flatMap((name) => {
    const [bound, found] = [bounds[name], measured[name]]
    return bound !== undefined && found > bound ? [`${name} ${Math.round(found)} > ${bound}`] : []
  })
}
