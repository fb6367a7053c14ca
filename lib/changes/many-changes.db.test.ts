import { expect, it } from 'vitest'
import { prepareRequest } from './request/prepare'
import { getRequest } from './read/get-request'
import { sendRequest } from './request/send'
import { openChangeFixture } from './test/change-fixture'
import { addKey, asking, changesOf, permitFor } from './test/fixtures'

const { aws, ann, bob, approve } = await openChangeFixture({ bobIs: 'admin' })
const create = () => permitFor(ann, 'requests.create')

it('a hundred changes are prepared, sent, decided and done within the time of a transaction', async () => {
  const keys = await Promise.all(Array.from({ length: 100 }, () => addKey(aws.url)))
  const from = performance.now()
  const { id } = await prepareRequest(create(), {
    justification: 'all',
    changes: keys.flatMap(({ arn }) => asking('description', arn, { description: 'many' }).changes),
  })
  await sendRequest(create(), { id })
  expect(performance.now() - from).toBeLessThan(20_000)
  for (const { id: changeId } of await changesOf(id)) await approve(changeId)
  expect((await getRequest(permitFor(bob, 'requests.read'), id)).changes).toHaveLength(100)
}, 120_000)
