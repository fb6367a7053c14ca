import { keyOf, makeGrant } from '../../../test/example-faults'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  onSandbox: {
    none: 'Adopting writes nothing at first; grant-end.test.ts has what it does at its end.',
  },
  underFaults: {
    on: 'key',
    undoes: 'RevokeGrant',
    async make(making) {
      const { key, endsAt } = making
      const grantId = await makeGrant(making)
      return {
        input: { grantId, owner: 'bench', reason: 'adopted' },
        endsAt,
        isDone: (world) => keyOf(world, key)?.grants.has(grantId) === true,
        isUndone: (world) => keyOf(world, key)?.grants.has(grantId) === false,
      }
    },
  },
})
