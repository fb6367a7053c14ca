/**
 * Collects rows and writes them together: at `size`, or `waitMs` after the first. One write at a
 * time; `add` waits when writes fall behind, and both `add` and `end` throw what a write threw.
 */
export class Batch<T> {
  private rows: T[] = []
  private writing: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | null = null
  private failure: unknown = null
  private backlog = 0

  constructor(
    private readonly write: (rows: T[]) => Promise<void>,
    private readonly size = 400,
    private readonly waitMs = 500,
  ) {}

  async add(row: T): Promise<void> {
    this.rows.push(row)
    if (this.rows.length >= this.size) this.flush()
    else this.timer ??= setTimeout(() => this.flush(), this.waitMs)
    if (this.backlog > 2) await this.writing
    if (this.failure) throw this.failure
  }

  async end(): Promise<void> {
    this.flush()
    await this.writing
    if (this.failure) throw this.failure
  }

  private flush(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    if (this.rows.length === 0) return
    const rows = this.rows
    this.rows = []
    this.backlog += 1
    this.writing = this.writing.then(async () => {
      try {
        if (!this.failure) await this.write(rows)
      } catch (error) {
        this.failure ??= error
      } finally {
        this.backlog -= 1
      }
    })
  }
}

/**
 * Runs `work` over `items`, `width` at a time. The first failure stops the rest from
 * being begun, and is thrown.
 */
export async function eachOf<T>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]()
  let failed = false
  const lane = async () => {
    for (let next = iterator.next(); !failed && !next.done; next = iterator.next()) {
      await work(next.value).catch((error: unknown) => {
        failed = true
        throw error
      })
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: width }, lane))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}
