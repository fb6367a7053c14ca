import { createHash } from 'node:crypto'

/** An entry as it is stored or exported. Hashes are lower-case hex. */
export type StoredEntry = {
  seq: number
  body: string
  prevHash: string
  hash: string
  /**
   * The columns beside the body, where they are at hand (a live database): they
   * must say what the body says.
   */
  columns?: {
    at: string
    event: string
    actorId: string | null
    actor: string
    accountId: string | null
    keyArn: string | null
    requestId: string | null
  }
}

/** A place in the chain: an entry's number and hash. */
export type Link = { seq: number; hash: string }
/**
 * What once left the database, or is said elsewhere: the chain must reach it and
 * have that very hash there.
 */
export type Expected = Link & { by?: string }

export type Verdict =
  | { sound: true; entries: number; seq: number; hash: string; compared: number }
  /**
   * `endsBefore`: nothing is wrong but that it ends before this entry, which a checkpoint names.
   */
  | { sound: false; seq: number; why: string; endsBefore?: number }

/** The hash before the first entry, as the migration sets it. */
export const genesisHash = createHash('sha256').update('claviger').digest('hex')
export const genesis: Link = { seq: 0, hash: genesisHash }

/**
 * Recomputes the chain from its first entry, or from a place known to be good. Names the first
 * entry that is not what the chain says it must be.
 */
export class ChainVerifier {
  private entries = 0
  private compared = 0
  private bad: { seq: number; why: string } | null = null
  private readonly expected = new Map<number, Expected[]>()
  private newest: Expected | null = null
  private last: Link

  constructor({
    expected = [],
    from = genesis,
  }: { expected?: Iterable<Expected>; from?: Link } = {}) {
    this.last = from
    for (const one of expected) {
      if (one.seq <= from.seq) continue
      this.expected.set(one.seq, [...(this.expected.get(one.seq) ?? []), one])
      if (!this.newest || one.seq > this.newest.seq) this.newest = one
    }
  }

  /** How far it came without a fault. */
  get reached(): Link {
    return this.last
  }

  /** Takes the next entry in order; answers false once the chain is broken. */
  take(entry: StoredEntry): boolean {
    if (this.bad) return false
    const why = this.findFault(entry)
    if (why) this.bad = { seq: this.last.seq + 1, why }
    else {
      this.last = { seq: entry.seq, hash: entry.hash }
      this.entries += 1
    }
    return !this.bad
  }

  /** What stands where the next entry should is none. */
  refuse(why: string): false {
    this.bad ??= { seq: this.last.seq + 1, why }
    return false
  }

  finish(): Verdict {
    if (this.bad) return { sound: false, ...this.bad }
    const { seq, hash } = this.last
    if (this.newest && seq < this.newest.seq) {
      const why = `the log ends at entry ${seq}, but ${this.newest.by ?? 'a checkpoint'} names entry ${this.newest.seq}`
      return { sound: false, seq: seq + 1, why, endsBefore: this.newest.seq }
    }
    return { sound: true, entries: this.entries, seq, hash, compared: this.compared }
  }

  private findFault(entry: StoredEntry): string | null {
    if (entry.seq !== this.last.seq + 1)
      return `expected entry ${this.last.seq + 1}, found ${entry.seq}`
    if (entry.prevHash !== this.last.hash) return 'it does not continue from the entry before it'
    const hash = createHash('sha256')
      .update(Buffer.from(this.last.hash, 'hex'))
      .update(entry.body, 'utf8')
      .digest('hex')
    if (hash !== entry.hash) return 'its content does not have the hash that was recorded'
    for (const one of this.expected.get(entry.seq) ?? []) {
      if (one.hash !== hash)
        return `${one.by ?? 'a checkpoint'} names another hash for it: the log was written anew`
      this.compared += 1
    }
    return findLie(entry)
  }
}

/** What an entry's own number and its search columns say must stand in the body. */
function findLie({ seq, body, columns }: StoredEntry): string | null {
  let said: unknown
  try {
    said = JSON.parse(body)
  } catch {
    return 'its body is not JSON'
  }
  if (typeof said !== 'object' || said === null) return 'its body is not an object'
  const facts = new Map(Object.entries(said))
  if (facts.get('seq') !== seq) return 'its number is not the one in its body'
  for (const [name, value] of Object.entries(columns ?? {})) {
    if ((facts.get(name) ?? null) !== value)
      return `its column ${name} does not say what its body says`
  }
  return null
}
