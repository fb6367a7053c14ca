/** What is done side by side: how it is claimed, how one claimed piece is done. */
export type LaneQueue<Lane extends { width: number }, Claimed> = {
  /** Each as wide as its `width`. Apart, so that what is slow never keeps what is quick waiting. */
  lanes: readonly Lane[]
  claim: (lane: Lane, most: number) => Promise<readonly Claimed[]>
  /** How many milliseconds until something is due in these lanes; null: nothing is known of. */
  due: (lanes: readonly Lane[]) => Promise<number | null>
  run: (claimed: Claimed, stop: AbortSignal) => Promise<void>
  /** What `run` threw. What this throws too is dropped: the lease then runs out by itself. */
  brokeOff: (claimed: Claimed, error: unknown) => Promise<void> | void
}

export type Lanes = {
  /** Claims what there is room for and begins it; returns before it is done. */
  claim: (stop?: AbortSignal) => Promise<void>
  /** How many milliseconds until there is something to claim and room for it; null: not known. */
  due: () => Promise<number | null>
  /** Calls back whenever a lane that was full has room again: what is due was not asked of it. */
  onRoom: (listener: () => void) => void
  /** Resolves when all that is under way has ended. Never rejects. */
  settled: () => Promise<void>
}

const never = new AbortController().signal

/** Makes the loop that does what a queue holds, never more in a lane than it is wide. */
export function makeLanes<Lane extends { width: number }, Claimed>({
  lanes,
  claim,
  due,
  run,
  brokeOff,
}: LaneQueue<Lane, Claimed>): Lanes {
  let hasRoom = () => {}
  const busy = lanes.map((lane) => ({ lane, running: new Set<Promise<void>>() }))
  const begin = (claimed: Claimed, stop: AbortSignal): Promise<void> =>
    run(claimed, stop)
      .catch((error: unknown) => brokeOff(claimed, error))
      .catch(() => {})
  return {
    async claim(stop = never) {
      for (const { lane, running } of busy) {
        const room = lane.width - running.size
        if (room <= 0) continue
        for (const claimed of await claim(lane, room)) {
          const work = begin(claimed, stop)
          running.add(work)
          void work.finally(() => {
            const wasFull = running.size >= lane.width
            running.delete(work)
            if (wasFull) hasRoom()
          })
        }
      }
    },
    async due() {
      const free = busy.filter(({ lane, running }) => running.size < lane.width)
      return free.length > 0 ? due(free.map(({ lane }) => lane)) : null
    },
    onRoom(listener) {
      hasRoom = listener
    },
    async settled() {
      await Promise.allSettled(busy.flatMap(({ running }) => [...running]))
    },
  }
}
