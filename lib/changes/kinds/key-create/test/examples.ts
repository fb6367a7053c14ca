import { regionOf } from '../../../test/example-faults'
import { ListKeysCommand } from '@aws-sdk/client-kms'
import { randomUUID } from 'node:crypto'
import { describeKey, nowhere } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'

export const examples = defineExamples({
  async onSandbox(fixture) {
    const label = `made for ${randomUUID()}`
    const see = async () => {
      const { Keys = [] } = await fixture.admin().send(new ListKeysCommand({ Limit: 1000 }))
      const all = await Promise.all(
        Keys.map(({ KeyArn }) => describeKey(fixture, { ...nowhere, keyArn: KeyArn ?? '' })),
      )
      return all
        .filter((key) => key?.Description === label)
        .map((key) => [key?.KeySpec, key?.KeyUsage, key?.MultiRegion])
    }
    const input = {
      keySpec: 'ECC_NIST_P384',
      keyUsage: 'KEY_AGREEMENT',
      multiRegion: true,
      description: label,
      tags: { team: 'blue' },
    }
    return {
      place: nowhere,
      input,
      sends: ['kms:CreateKey'],
      see,
      done: [['ECC_NIST_P384', 'KEY_AGREEMENT', true]],
    }
  },
  underFaults: {
    on: 'key',
    does: 'CreateKey',
    make: async ({ key: { region } }) => ({
      region,
      input: { keySpec: 'SYMMETRIC_DEFAULT', keyUsage: 'ENCRYPT_DECRYPT' },
      isDone: (world, id) =>
        [...regionOf(world, region).keys.values()].filter(
          ({ tags }) => tags.get('claviger:change') === id,
        ).length === 1,
    }),
  },
})
