import { createHash } from 'node:crypto'

/** An entry as it is stored or exported. Hashes are lower-case hex. */
export type StoredEntry = {
  seq: number
  body: string
  prevHash: string
  hash: string
  /** The columns beside the body, where they are at hand (a live database): they must say what the body says. */
  columns?: { at: string; event: string; actorId: string | null; actor: string; accountId: string | null; keyArn: string | null; requestId: string | null }
}

export type Verdict =
  | { sound: true; entries: number; seq: number; hash: string }
  | { sound: false; seq: number; why: string }

/** The hash before the first entry, as the migration sets it. */
export const genesisHash = createHash('sha256').update('claviger').digest('hex')

/** Recomputes the chain from its first entry. Names the first entry that is not what the chain says it must be. */
export class ChainVerifier {
  private seq = 0
  private hash = genesisHash
  private bad: { seq: number; why: string } | null = null

  /** `checkpoint`: an entry and hash that once left the database. The chain must reach it, and have that very hash there. */
  constructor(private readonly checkpoint?: { seq: number; hash: string }) {}

  /** Takes the next entry in order; answers false once the chain is broken. */
  take(entry: StoredEntry): boolean {
    if (this.bad) return false
    const why = this.findFault(entry)
    if (why) this.bad = { seq: Number.isSafeInteger(entry.seq) ? entry.seq : this.seq + 1, why }
    else {
      this.seq = entry.seq
      this.hash = entry.hash
    }
    return !this.bad
  }

  finish(): Verdict {
    if (this.bad) return { sound: false, ...this.bad }
    if (this.checkpoint && this.seq < this.checkpoint.seq) {
      return { sound: false, seq: this.seq + 1, why: `the log ends at entry ${this.seq}, but a checkpoint names entry ${this.checkpoint.seq}` }
    }
    return { sound: true, entries: this.seq, seq: this.seq, hash: this.hash }
  }

  private findFault(entry: StoredEntry): string | null {
    if (entry.seq !== this.seq + 1) return `expected entry ${this.seq + 1}, found ${entry.seq}`
    if (entry.prevHash !== this.hash) return 'it does not continue from the entry before it'
    const hash = createHash('sha256').update(Buffer.from(this.hash, 'hex')).update(entry.body, 'utf8').digest('hex')
    if (hash !== entry.hash) return 'its content does not have the hash that was recorded'
    if (this.checkpoint?.seq === entry.seq && this.checkpoint.hash !== hash) return 'a checkpoint names another hash for it: the log was written anew'
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
    if ((facts.get(name) ?? null) !== value) return `its column ${name} does not say what its body says`
  }
  return null
}
