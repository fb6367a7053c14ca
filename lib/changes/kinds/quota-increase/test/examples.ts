import {
  ListRequestedServiceQuotaChangeHistoryByQuotaCommand,
  ServiceQuotasClient,
} from '@aws-sdk/client-service-quotas'
import { adminOf } from '../../../../sandbox/test/running'
import { regionOf } from '../../../test/example-faults'
import { nowhere } from '../../../test/example-sandbox'
import { defineExamples } from '../../../test/examples'
import { own } from '../../../test/sandbox-fixture'

/** A quota and Region each time: AWS takes one open request for each. */
const quotaCodes = [
  'L-D39AB822',
  'L-0428A42E',
  'L-32B67F4A',
  'L-F7504F73',
  'L-1F75ADD1',
  'L-1233BF9B',
  'L-6B8C93BD',
  'L-CE1DB614',
  'L-BD96F100',
  'L-BE799B67',
]
const regions = ['eu-west-1', 'eu-central-1', 'us-east-1']
let asked = 0

export const examples = defineExamples({
  async onSandbox(fixture) {
    const quotaCode = quotaCodes[asked++]
    if (!quotaCode) throw new Error('no quota is left that was not asked for')
    const quotas = new ServiceQuotasClient({
      endpoint: fixture.aws.url,
      region: 'eu-west-1',
      credentials: adminOf(own),
    })
    const see = async () => {
      const { RequestedQuotas = [] } = await quotas.send(
        new ListRequestedServiceQuotaChangeHistoryByQuotaCommand({
          ServiceCode: 'kms',
          QuotaCode: quotaCode,
        }),
      )
      return RequestedQuotas.map(({ DesiredValue }) => DesiredValue)
    }
    return {
      place: nowhere,
      input: { quotaCode, desiredValue: 120 },
      sends: ['servicequotas:RequestServiceQuotaIncrease'],
      see,
      done: [120],
    }
  },
  underFaults: {
    on: 'key',
    does: 'RequestServiceQuotaIncrease',
    async make({ turn, number }) {
      const quotaCode = quotaCodes[Math.floor(turn / regions.length)]
      const region = regions[turn % regions.length]
      if (!quotaCode || !region) return null
      const desiredValue = 100_000 + number
      return {
        region,
        input: { quotaCode, desiredValue },
        isDone: (world) =>
          regionOf(world, region).quotaRequests.filter(
            (one) => one.quotaCode === quotaCode && one.desiredValue === desiredValue,
          ).length === 1,
      }
    },
  },
})
