/**
 * Things by the time they are due, the earliest first: a binary heap, as an advanced clock
 * can make 100,000 due at once.
 */
export class DueQueue<Item extends { at: number }> {
  private readonly heap: Item[] = []

  get size() {
    return this.heap.length
  }

  add(item: Item) {
    const { heap } = this
    let index = heap.push(item) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (this.atOf(parent) <= item.at) break
      this.swap(index, parent)
      index = parent
    }
  }

  take(): Item | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    heap[0] = last
    for (let index = 0; ; ) {
      const left = index * 2 + 1
      const smaller = this.atOf(left + 1) < this.atOf(left) ? left + 1 : left
      if (this.atOf(smaller) >= this.atOf(index)) return first
      this.swap(index, smaller)
      index = smaller
    }
  }

  private atOf(index: number): number {
    return this.heap[index]?.at ?? Infinity
  }

  private swap(a: number, b: number) {
    const [first, second] = [this.heap[a], this.heap[b]]
    if (first === undefined || second === undefined) return
    this.heap[a] = second
    this.heap[b] = first
  }
}
