import 'server-only'
import { DescribeCustomKeyStoresCommand } from '@aws-sdk/client-kms'
import { openKms } from '@/lib/aws/clients'
import { defineSweep, type Outcome, type Run } from '@/lib/sweep/sweep'
import { sweepStatus } from '@/lib/sweep/sweep-status'

/** Whether an account and Region has custom key stores at all: the first of them is enough. */
async function sweepKeyStores(run: Run): Promise<Outcome> {
  const kms = openKms(run.reader)
  const { CustomKeyStores = [] } = await run.call('kms:DescribeCustomKeyStores', () =>
    kms.send(new DescribeCustomKeyStoresCommand({ Limit: 1 })),
  )
  run.progress = { itemsDone: CustomKeyStores.length, itemsTotal: CustomKeyStores.length }
  return sweepStatus(run)
}

export const keyStoreCountSweep = defineSweep({
  kind: 'keyStoreCount',
  place: 'region',
  every: 96,
  priority: 0,
  lane: 'quick',
  needs: {
    'kms:DescribeCustomKeyStores': {
      gives: 'key stores',
      without: 'Custom key stores and their connection are not shown.',
    },
  },
  run: sweepKeyStores,
})
