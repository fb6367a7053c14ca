import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DueQueue } from './due-queue'

it('gives everything in order of time, whatever is added in between', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.integer({ min: 0, max: 50 }), { nil: null })), (steps) => {
      const queue = new DueQueue<{ at: number }>()
      const model: number[] = []
      for (const step of steps) {
        if (step !== null) {
          queue.add({ at: step })
          model.push(step)
          continue
        }
        model.sort((a, b) => a - b)
        expect(queue.take()?.at).toBe(model.shift())
      }
      model.sort((a, b) => a - b)
      expect(Array.from({ length: queue.size }, () => queue.take()?.at)).toEqual(model)
      expect(queue.take()).toBeUndefined()
    }),
  )
})
