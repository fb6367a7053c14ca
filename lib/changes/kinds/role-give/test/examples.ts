import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  onSandbox: { none: 'It changes nothing in AWS; kind.db.test.ts beside it has what it does.' },
  underFaults: { none: 'It gives one person a role once: no two of a batch could be of use.' },
})
