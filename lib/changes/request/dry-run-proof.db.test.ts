import { afterAll, expect, it } from 'vitest'
import { isAwsEndpoint, kmsEndpointOf } from '../../aws/endpoint'
import { freshDatabase } from '../../db/test/database'
import { whyNoDryRun } from './dry-run-proof'
import { openSandboxFixture, own, region } from '../test/sandbox-fixture'
import { connectAccount } from '../test/fixtures'

await freshDatabase()
const fixture = await openSandboxFixture()
afterAll(() => fixture.close())
await connectAccount(fixture.aws.url, { accountId: own })
delete process.env.CLAVIGER_DRY_RUN
const { port } = new URL(fixture.aws.url)

/** What this process runs as can use the keys of its own account. */
function letHostEncrypt(): string {
  for (const { users, id } of fixture.aws.sandbox.world.accounts.values()) {
    const Statement = [
      {
        Effect: 'Allow',
        Action: ['kms:ListKeys', 'kms:DescribeKey', 'kms:Encrypt'],
        Resource: '*',
      },
    ]
    const host = users.get('claviger-host')
    host?.inlinePolicies.set('keys', JSON.stringify({ Version: '2012-10-17', Statement }))
    if (host) return id
  }
  throw new Error('the scenario has no claviger-host')
}

it('only a dry run of Encrypt that is honoured proves an endpoint; a ciphertext disproves it', async () => {
  const { keyArn } = await fixture.makeKey()
  // Its answer is a refusal, which proves nothing.
  expect(await whyNoDryRun(region, keyArn)).toMatch(
    /not an endpoint of AWS, and whether it honours DryRun is not known/,
  )
  await fixture.makeKeyIn(letHostEncrypt())
  process.env.AWS_ENDPOINT_URL_KMS = `http://localhost:${port}`
  expect(await whyNoDryRun(region, null)).toBeNull()
  await fixture.aws.control('PUT', 'dry-run', { honoured: false })
  process.env.AWS_ENDPOINT_URL_KMS = `http://[::ffff:127.0.0.1]:${port}`
  expect(await whyNoDryRun(region, null)).toMatch(/does not honour DryRun/)
  delete process.env.AWS_ENDPOINT_URL_KMS
})

it('finds where KMS calls really go, and knows AWS’s own names', async () => {
  expect(await kmsEndpointOf(region)).toBe(fixture.aws.url)
  delete process.env.AWS_ENDPOINT_URL
  expect(await kmsEndpointOf(region)).toBe('https://kms.eu-west-1.amazonaws.com')
  expect(await kmsEndpointOf('cn-north-1')).toBe('https://kms.cn-north-1.amazonaws.com.cn')
  expect(await whyNoDryRun(region, null)).toBeNull()
  process.env.AWS_ENDPOINT_URL_KMS = 'https://vpce-1a2b.kms.eu-west-1.vpce.amazonaws.com'
  expect(isAwsEndpoint(await kmsEndpointOf(region))).toBe(true)
  const ofAws = [
    'https://kms-fips.us-gov-west-1.amazonaws.com',
    'https://kms.eu-west-1.api.aws',
    'https://kms.eusc-de-east-1.amazonaws.eu',
    'https://vpce-1a2b-3c4d-eu-west-1a.kms-fips.eu-west-1.vpce.amazonaws.com',
    'https://kms.us-iso-east-1.c2s.ic.gov',
  ]
  for (const endpoint of ofAws)
    expect([endpoint, isAwsEndpoint(endpoint)]).toEqual([endpoint, true])
  const foreign = [
    'http://kms.eu-west-1.amazonaws.com',
    'https://amazonaws.com.example.org',
    'https://evilamazonaws.com',
    // AWS's suffix, a customer's server.
    'https://a1b2c3.execute-api.eu-west-1.amazonaws.com',
    'https://kms-1.eu-west-1.elb.amazonaws.com',
    'https://vpce-1a2b-3c4d.vpce-svc-0123.eu-west-1.vpce.amazonaws.com',
    'https://kms.s3.amazonaws.com',
    'https://kms.s3-eu-west-1.amazonaws.com',
    'https://kms.eu-west-1.elb.amazonaws.com',
  ]
  for (const endpoint of foreign)
    expect([endpoint, isAwsEndpoint(endpoint)]).toEqual([endpoint, false])
  process.env.AWS_ENDPOINT_URL = fixture.aws.url
})
