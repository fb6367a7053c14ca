import { afterAll, beforeAll, expect, it } from 'vitest'
import { CreateKeyCommand } from '@aws-sdk/client-kms'
import { adminOf, runSandbox } from '../test/running'
import { decodeCbor, encodeCbor } from './cbor'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
  await running.kms(adminOf('123412341234')).send(new CreateKeyCommand({}))
})
afterAll(() => running.close())

const authorization =
  'AWS4-HMAC-SHA256 Credential=123412341234/20261121/eu-west-1/monitoring/aws4_request, ' +
  'SignedHeaders=host, Signature=00'
const signed = { authorization, 'x-amz-date': '20261121T000000Z' }
const [from, to] = [Math.floor(Date.now() / 1000) - 600, Math.floor(Date.now() / 1000) + 600]
const dimensions = Object.entries({
  Service: 'KMS',
  Type: 'API',
  Class: 'None',
  Resource: 'CreateKey',
})
const query = {
  Id: 'q',
  MetricStat: {
    Metric: { Namespace: 'AWS/Usage', MetricName: 'CallCount' },
    Period: 60,
    Stat: 'Sum',
  },
}

it('CloudWatch answers the same question the same in JSON, in CBOR and in a form', async () => {
  const Dimensions = dimensions.map(([Name, Value]) => ({ Name, Value }))
  const metric = {
    ...query,
    MetricStat: { ...query.MetricStat, Metric: { ...query.MetricStat.Metric, Dimensions } },
  }
  const input = { MetricDataQueries: [metric], StartTime: from, EndTime: to }
  const json = await fetch(running.url, {
    method: 'POST',
    headers: { ...signed, 'x-amz-target': 'GraniteServiceVersion20100801.GetMetricData' },
    body: JSON.stringify(input),
  })
  const [result] = (await json.json()).MetricDataResults
  expect(result).toMatchObject({ Id: 'q', Values: [1] })

  const cbor = await fetch(
    `${running.url}/service/GraniteServiceVersion20100801/operation/GetMetricData`,
    {
      method: 'POST',
      headers: { ...signed, 'smithy-protocol': 'rpc-v2-cbor' },
      body: new Uint8Array(encodeCbor(input, new Set(['StartTime', 'EndTime']))),
    },
  )
  expect([cbor.headers.get('smithy-protocol'), cbor.headers.get('content-type')]).toEqual([
    'rpc-v2-cbor',
    'application/cbor',
  ])
  expect(decodeCbor(Buffer.from(await cbor.arrayBuffer()))).toMatchObject({
    MetricDataResults: [result],
  })

  const stat = 'MetricDataQueries.member.1.MetricStat'
  const form = new URLSearchParams({
    Action: 'GetMetricData',
    Version: '2010-08-01',
    StartTime: new Date(from * 1000).toISOString(),
    EndTime: new Date(to * 1000).toISOString(),
    'MetricDataQueries.member.1.Id': 'q',
    [`${stat}.Period`]: '60',
    [`${stat}.Stat`]: 'Sum',
    [`${stat}.Metric.Namespace`]: 'AWS/Usage',
    [`${stat}.Metric.MetricName`]: 'CallCount',
  })
  for (const [index, [name, value]] of dimensions.entries()) {
    form.set(`${stat}.Metric.Dimensions.member.${index + 1}.Name`, name)
    form.set(`${stat}.Metric.Dimensions.member.${index + 1}.Value`, value)
  }
  const xml = await (
    await fetch(running.url, { method: 'POST', headers: signed, body: form })
  ).text()
  const time = `${new Date(result.Timestamps[0] * 1000).toISOString().slice(0, 19)}Z`
  expect(xml).toContain(`<Timestamps><member>${time}</member></Timestamps>`)
  expect(xml).toContain('<Values><member>1</member></Values>')
})

it('CloudWatch answers a form with XML also where it refuses, though it speaks JSON elsewhere', async () => {
  const form = new URLSearchParams({ Action: 'NoSuchThing', Version: '2010-08-01' })
  const refused = await fetch(running.url, { method: 'POST', headers: signed, body: form })
  expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'text/xml'])
  expect(await refused.text()).toContain('<ErrorResponse')
})
