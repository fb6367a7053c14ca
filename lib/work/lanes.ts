/** What is done side by side: how it is claimed, how one claimed piece is done. */
export type LaneQueue<Lane extends { width: number }, Claimed> = {
  /** Each as wide as its `width`. Apart, so that what is slow never keeps what is quick waiting. */
  lanes: readonly Lane[]
  claim: (lane: Lane, most: number) => Promise<readonly Claimed[]>
  run: (claimed: Claimed, stop: AbortSignal) => Promise<void>
  /** What `run` threw. What this throws too is dropped: the lease then runs out by itself. */
  brokeOff: (claimed: Claimed, error: unknown) => Promise<void> | void
}

export type Lanes = {
  /** Claims what there is room for and begins it; returns before it is done. */
  claim: (stop?: AbortSignal) => Promise<void>
  /** Resolves when all that is under way has ended. Never rejects. */
  settled: () => Promise<void>
}

const never = new AbortController().signal

/** Makes the loop that does what a queue holds, never more in a lane than it is wide. */
export function makeLanes<Lane extends { width: number }, Claimed>({
  lanes,
  claim,
  run,
  brokeOff,
}: LaneQueue<Lane, Claimed>): Lanes {
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
          void work.finally(() => running.delete(work))
        }
      }
    },
    async settled() {
      await Promise.allSettled(busy.flatMap(({ running }) => [...running]))
    },
  }
}
