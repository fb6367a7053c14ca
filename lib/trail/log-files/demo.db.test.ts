import { afterAll, beforeAll, expect, test } from 'vitest'
import { nobody, permitFor } from '../../auth/test/permit'
import { freshDatabase } from '../../db/test/database'
import { runSandbox } from '../../sandbox/test/running'
import { checkLogSource } from './check'

await freshDatabase()
const permit = permitFor(nobody, 'trail.manage')

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox({ scenario: 'demo', externalId: 'claviger-test' })
  const host = [...running.sandbox.world.accounts.values()]
    .flatMap(({ users }) => [...users.values()])
    .find(({ name }) => name === 'claviger-host')
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: running.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: host?.arn.split(':')[4] ?? '',
    AWS_SECRET_ACCESS_KEY: 'any',
    CLAVIGER_EXTERNAL_ID: 'claviger-test',
  })
})
afterAll(() => running.close())

test('an encrypted trail of an organization is read by the role that is shown to copy', async () => {
  const { accounts } = running.sandbox.world
  const trails = [...accounts.values()].flatMap(({ regions }) =>
    [...regions.values()].flatMap((region) => region.trails),
  )
  const trail = trails.find(({ isOrganization }) => isOrganization)
  const bucket = running.sandbox.world.buckets.get(trail?.s3BucketName ?? '')
  if (!trail || !bucket) throw new Error('The demo has no trail of its organization.')
  expect(trail.kmsKeyArn).not.toBeNull()
  const input = {
    trailArn: trail.arn,
    bucket: bucket.name,
    prefix: '',
    bucketRegion: bucket.region,
    roleArn: `arn:aws:iam::${bucket.accountId}:role/ClavigerTrail`,
    isOrganization: true,
    validates: true,
    days: 1,
  }
  const states = async () =>
    (await checkLogSource(permit, input)).map(
      ({ name, state, words }) => `${name} ${state}: ${words}`,
    )
  expect(await states()).toEqual([
    expect.stringMatching(/^list passed: \d+ accounts, \d+ folders of a Region$/),
    expect.stringMatching(/^read passed: .*_CloudTrail_.* has [\d,]+ records?$/),
    expect.stringMatching(/^digest passed: .* is signed by CloudTrail$/),
  ])
  const role = accounts.get(bucket.accountId)?.roles.get('ClavigerTrail')
  const policy = role?.inlinePolicies.get('ClavigerTrail') ?? ''
  role?.inlinePolicies.set('ClavigerTrail', policy.replace('kms:Decrypt', 'kms:DescribeKey'))
  expect((await states())[1]).toMatch(/^read failed: ClavigerTrail cannot decrypt the log files/)
})
