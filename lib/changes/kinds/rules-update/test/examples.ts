import { defaultRules } from '../../../rules/rule'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  onSandbox: { none: 'It changes nothing in AWS; rules-hold.db.test.ts has what it does.' },
  underFaults: {
    on: 'batch',
    make: async ({ number }) => ({
      input: {
        ...defaultRules,
        rules: [
          ...defaultRules.rules,
          {
            name: `bench ${number}`,
            when: { kinds: ['bench'] },
            approvals: 1,
            roles: [],
            ownerMust: false,
            ticket: false,
            longestHours: null,
            businessHours: false,
            comment: 'none',
          },
        ],
      },
      isDone: () => true,
    }),
  },
})
