import { ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms'
import { keyOf } from '../../../test/example-faults'
import { arnOf, stateOf } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const place = await fixture.makeKey()
    await fixture.admin().send(new ScheduleKeyDeletionCommand({ KeyId: arnOf(place) }))
    return {
      place,
      input: {},
      sends: ['kms:CancelKeyDeletion'],
      see: stateOf(fixture, place),
      done: 'Disabled',
    }
  },
  underFaults: {
    on: 'key',
    does: 'CancelKeyDeletion',
    async make({ key, admin }) {
      await admin.send(new ScheduleKeyDeletionCommand({ KeyId: key.arn, PendingWindowInDays: 30 }))
      return { input: {}, isDone: (world) => keyOf(world, key)?.state === 'Disabled' }
    },
  },
})
