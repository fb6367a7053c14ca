import {
  CloudTrailClient,
  GetInsightSelectorsCommand,
  ListTagsCommand,
} from '@aws-sdk/client-cloudtrail'
import { ListRolesCommand, ListUsersCommand } from '@aws-sdk/client-iam'
import { CreateKeyCommand, ListKeysCommand } from '@aws-sdk/client-kms'
import { AssumeRoleCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, failureOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox({ scenario: 'demo', externalId: 'ext-1' })
})
afterAll(() => running.close())

const data = '638820417753'
const management = '180244096117'

/** A request as a client that the project does not use would sign it. */
function ask(
  service: string,
  headers: Record<string, string>,
  body: string,
  { region = 'eu-central-1', path = '/' } = {},
) {
  const scope = `${data}/20261121/${region}/${service}/aws4_request`
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=00`
  const signed = { ...headers, authorization, 'x-amz-date': '20261121T000000Z' }
  return fetch(running.url + path, { method: 'POST', headers: signed, body })
}

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
const json = { 'content-type': 'application/x-amz-json-1.1' }

describe('what tools ask for around keys', () => {
  it('lists the Regions of an account as EC2 does, by name, by filter, or all of them', async () => {
    const regions = async (more = '') =>
      await (await ask('ec2', form, `Action=DescribeRegions&Version=2016-11-15${more}`)).text()
    const enabled = await regions()
    expect(enabled).toMatch(
      /^<DescribeRegionsResponse xmlns="http:\/\/ec2\.amazonaws\.com\/doc\/2016-11-15\/"><requestId>/,
    )
    expect(enabled).toContain(
      '<item><regionName>eu-west-1</regionName><regionEndpoint>ec2.eu-west-1.amazonaws.com</regionEndpoint>',
    )
    expect(enabled).not.toContain('not-opted-in')
    expect(await regions('&AllRegions=true')).toContain('<optInStatus>not-opted-in</optInStatus>')
    const named = await regions('&RegionName.1=eu-west-1&RegionName.2=us-east-1')
    expect(named.match(/<regionName>[^<]+/g)).toEqual([
      '<regionName>us-east-1',
      '<regionName>eu-west-1',
    ])
    const filtered = await regions(
      '&AllRegions=true&Filter.1.Name=opt-in-status&Filter.1.Value.1=opt-in-not-required',
    )
    expect(filtered).not.toContain('not-opted-in')
  })

  it('lists roles and users in pages, without what a listing leaves out', async () => {
    const iam = running.iam(adminOf(data))
    const { Roles, IsTruncated, Marker } = await iam.send(new ListRolesCommand({ MaxItems: 3 }))
    expect([Roles?.length, IsTruncated, typeof Marker]).toEqual([3, true, 'string'])
    const { Roles: all } = await iam.send(new ListRolesCommand({ MaxItems: 1000 }))
    expect(all?.map(({ RoleName }) => RoleName)).toContain('ClavigerRead')
    expect(all?.every((role) => role.Tags === undefined && role.RoleLastUsed === undefined)).toBe(
      true,
    )
    const { Users } = await iam.send(new ListUsersCommand({}))
    expect(Users?.map(({ UserName }) => UserName)).toContain('admin')
  })

  it('tells of a trail that it has no Insights and no tags', async () => {
    const settings = {
      endpoint: running.url,
      region: 'eu-central-1',
      credentials: adminOf(data),
      maxAttempts: 1,
    }
    const trail = new CloudTrailClient(settings)
    const refused = await failureOf(
      trail.send(new GetInsightSelectorsCommand({ TrailName: 'data-team' })),
    )
    expect(refused.name).toBe('InsightNotEnabledException')
    const arn = `arn:aws:cloudtrail:eu-central-1:${data}:trail/data-team`
    const { ResourceTagList } = await trail.send(new ListTagsCommand({ ResourceIdList: [arn] }))
    expect(ResourceTagList).toEqual([{ ResourceId: arn, TagsList: [] }])
  })

  it('finds keys by their tags', async () => {
    const kms = running.kms(adminOf(data), 'eu-central-1')
    const Tags = [{ TagKey: 'team', TagValue: 'blue moon' }]
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({ Tags }))
    const target = { ...json, 'x-amz-target': 'ResourceGroupsTaggingAPI_20170126.GetResources' }
    const find = async (input: object) =>
      (await ask('tagging', target, JSON.stringify(input))).json()
    const filter = { Key: 'team', Values: ['blue moon'] }
    expect(await find({ TagFilters: [filter], ResourceTypeFilters: ['kms:key'] })).toEqual({
      PaginationToken: '',
      ResourceTagMappingList: [
        { ResourceARN: KeyMetadata?.Arn, Tags: [{ Key: 'team', Value: 'blue moon' }] },
      ],
    })
    expect(await find({ TagFilters: [filter], ResourceTypeFilters: ['s3'] })).toMatchObject({
      ResourceTagMappingList: [],
    })
  })
})

describe('a service that is not there', () => {
  it.each([
    [
      'rds',
      form,
      'Action=DescribeDBInstances&Version=2014-10-31',
      /<ErrorResponse .*<Code>InvalidAction<\/Code>/,
    ],
    [
      'ec2',
      form,
      'Action=DescribeVolumes&Version=2016-11-15',
      /^<Response><Errors><Error><Code>InvalidAction<\/Code>/,
    ],
    ['s3', {}, '', /^<Error><Code>NotImplemented<\/Code>/],
    [
      'dynamodb',
      { ...json, 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      '{}',
      /^{"__type":"UnknownOperationException"}$/,
    ],
    [
      'lambda',
      { 'content-type': 'application/json' },
      '',
      /^{"__type":"UnknownOperationException"}$/,
    ],
  ])(
    '%s is refused in the protocol in which it was asked',
    async (service, headers, body, answer) => {
      const response = await ask(service, headers, body)
      expect(response.status).toBe(service === 's3' ? 501 : 400)
      expect(await response.text()).toMatch(answer)
    },
  )

  it('does not answer at all for a Region that AWS does not have', async () => {
    const asked = ask('kms', { ...json, 'x-amz-target': 'TrentService.ListKeys' }, '{}', {
      region: 'eu-moon-1',
    })
    await expect(asked).rejects.toThrow('fetch failed')
    const closed = running.kms(adminOf(data), 'me-south-1').send(new ListKeysCommand({}))
    expect((await failureOf(closed)).name).toBe('UnrecognizedClientException')
  })
})

it('lets the admins, whom 12 digits stand for, assume the console’s roles with our external id', async () => {
  const assume = (accountId: string, role: string, ExternalId?: string) =>
    running.sts(adminOf(accountId)).send(
      new AssumeRoleCommand({
        RoleArn: `arn:aws:iam::${data}:role/${role}`,
        RoleSessionName: 'first',
        ExternalId,
      }),
    )
  for (const accountId of [management, data]) {
    for (const role of ['ClavigerRead', 'ClavigerWrite'])
      expect(await assume(accountId, role, 'ext-1')).toHaveProperty('Credentials')
    expect((await failureOf(assume(accountId, 'ClavigerRead'))).name).toBe('AccessDenied')
  }
  expect((await failureOf(assume('111122223333', 'ClavigerRead', 'ext-1'))).name).toBe(
    'AccessDenied',
  )
})
