import { keyOf } from '../../../test/example-faults'
import { stateOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    return {
      place,
      input: { pendingWindowInDays: 12 },
      sends: ['kms:ScheduleKeyDeletion'],
      see: stateOf(fixture, place),
      done: 'PendingDeletion',
    }
  },
  underFaults: {
    on: 'key',
    does: 'ScheduleKeyDeletion',
    make: async ({ key }) => ({
      input: { pendingWindowInDays: 30 },
      isDone: (world) => keyOf(world, key)?.state === 'PendingDeletion',
    }),
  },
})
