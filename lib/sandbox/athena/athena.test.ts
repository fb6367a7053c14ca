import {
  GetQueryExecutionCommand,
  GetQueryResultsCommand,
  paginateGetQueryResults,
  StartQueryExecutionCommand,
  StopQueryExecutionCommand,
  type StartQueryExecutionCommandInput,
} from '@aws-sdk/client-athena'
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { addUser } from '../test/call'
import { adminOf, failureOf, runSandbox } from '../test/running'

let running: Awaited<ReturnType<typeof runSandbox>>
beforeAll(async () => {
  running = await runSandbox()
})
const owner = '111122223333'
const admin = adminOf(owner)
const query = `SELECT eventname, count(*) FROM ct WHERE day >= '2026/11/01' GROUP BY 1`
const answer = {
  query: query.replaceAll(' ', '\n  '),
  columns: [
    { name: 'eventname', type: 'varchar' },
    { name: '_col1', type: 'bigint' },
  ],
  rows: [
    ['Decrypt', '41'],
    [null, '2'],
    ['Sign "x"', '1'],
  ],
  bytes: 123_456_789,
}
beforeEach(async () => {
  await running.control('POST', 'reset', { scenario: 'empty' })
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const }
  const results = new CreateBucketCommand({ Bucket: 'results', CreateBucketConfiguration })
  await running.s3(admin).send(results)
  await running.control('PUT', 'athena', {
    workGroups: [
      { name: 'trail', outputLocation: 's3://results/trail/', bytesLimit: 200_000_000 },
      { name: 'tight', outputLocation: 's3://results/trail/', bytesLimit: 10_000_000 },
    ],
    answers: [
      answer,
      { matches: 'fail', fails: { reason: 'SYNTAX_ERROR: line 1:8' }, bytes: 0 },
      { matches: 'busy', fails: { reason: 'INTERNAL_ERROR', category: 1, type: 401 } },
    ],
  })
})
afterAll(() => running.close())

const start = async (more: Partial<StartQueryExecutionCommandInput> = {}, keys = admin) => {
  const input = { QueryString: query, WorkGroup: 'trail', ...more }
  const QueryExecutionContext = { Database: 'audit' }
  const command = new StartQueryExecutionCommand({ ...input, QueryExecutionContext })
  return (await running.athena(keys).send(command)).QueryExecutionId ?? ''
}
const get = async (QueryExecutionId: string) =>
  (await running.athena(admin).send(new GetQueryExecutionCommand({ QueryExecutionId })))
    .QueryExecution
const results = (QueryExecutionId: string, keys = admin) =>
  running.athena(keys).send(new GetQueryResultsCommand({ QueryExecutionId }))
const pass = (advanceSeconds: number) => running.control('POST', 'clock', { advanceSeconds })

describe('a query', () => {
  it('waits, runs and succeeds, with its rows, its bytes and a file in S3', async () => {
    await running.control('PUT', 'athena', {
      workGroups: [{ name: 'trail', outputLocation: 's3://results/trail/' }],
      answers: [{ ...answer, queuedMs: 60_000, runMs: 60_000 }],
    })
    const id = await start()
    expect((await get(id))?.Status?.State).toBe('QUEUED')
    await pass(90)
    const midway = await get(id)
    expect(midway?.Status?.State).toBe('RUNNING')
    expect(midway?.Statistics?.DataScannedInBytes).toBeGreaterThan(0)
    expect(midway?.Statistics?.DataScannedInBytes).toBeLessThan(answer.bytes)
    expect((await failureOf(results(id))).message).toContain('has not yet finished')
    await pass(60)
    expect(await get(id)).toMatchObject({
      Status: { State: 'SUCCEEDED' },
      Statistics: { DataScannedInBytes: answer.bytes },
      ResultConfiguration: { OutputLocation: `s3://results/trail/${id}.csv` },
      WorkGroup: 'trail',
    })
    const { ResultSet } = await results(id)
    const values = ResultSet?.Rows?.map(({ Data = [] }) => Data.map((one) => one.VarCharValue))
    expect(values).toEqual([
      ['eventname', '_col1'],
      ['Decrypt', '41'],
      [undefined, '2'],
      ['Sign "x"', '1'],
    ])
    expect(ResultSet?.ResultSetMetadata?.ColumnInfo?.map(({ Type }) => Type)).toEqual([
      'varchar',
      'bigint',
    ])
    const file = new GetObjectCommand({ Bucket: 'results', Key: `trail/${id}.csv` })
    const { Body } = await running.s3(admin).send(file)
    expect(await Body?.transformToString()).toBe(
      '"eventname","_col1"\n"Decrypt","41"\n,"2"\n"Sign ""x""","1"\n',
    )
  })

  it('gives its rows page by page', async () => {
    const rows = Array.from({ length: 2500 }, (_, index) => [String(index)])
    const columns = [{ name: 'n', type: 'integer' }]
    await running.control('PUT', 'athena', { answers: [{ matches: 'range', columns, rows }] })
    const ResultConfiguration = { OutputLocation: 's3://results/' }
    const id = await start({
      QueryString: 'SELECT range',
      WorkGroup: undefined,
      ResultConfiguration,
    })
    await pass(5)
    const found: (string | undefined)[] = []
    const client = running.athena(admin)
    for await (const page of paginateGetQueryResults({ client }, { QueryExecutionId: id }))
      found.push(...(page.ResultSet?.Rows ?? []).map(({ Data }) => Data?.[0]?.VarCharValue))
    expect(found).toEqual(['n', ...rows.flat()])
  })

  it('fails for a reason, and says whether to try again', async () => {
    const id = await start({ QueryString: 'SELECT fail' })
    const again = await start({ QueryString: 'SELECT busy' })
    const unknown = await start({ QueryString: 'SELECT nobody_knows' })
    await pass(5)
    expect((await get(id))?.Status).toMatchObject({
      State: 'FAILED',
      StateChangeReason: 'SYNTAX_ERROR: line 1:8',
      AthenaError: { ErrorCategory: 2, Retryable: false },
    })
    expect((await get(again))?.Status?.AthenaError).toMatchObject({ Retryable: true })
    expect((await get(unknown))?.Status?.StateChangeReason).toContain('has no answer')
    expect((await failureOf(results(id))).message).toContain('Final query state: FAILED')
  })

  it('is cancelled over the limit of its workgroup, and by who asked', async () => {
    const id = await start({ WorkGroup: 'tight' })
    const own = await start()
    const stop = new StopQueryExecutionCommand({ QueryExecutionId: own })
    await running.athena(admin).send(stop)
    await pass(5)
    expect(await get(id)).toMatchObject({
      Status: { State: 'CANCELLED', StateChangeReason: 'Bytes scanned limit was exceeded' },
      Statistics: { DataScannedInBytes: 10_000_000 },
    })
    expect((await get(own))?.Status?.State).toBe('CANCELLED')
    expect((await failureOf(results(own))).name).toBe('InvalidRequestException')
  })

  it('is started once for one token', async () => {
    const ClientRequestToken = 'a'.repeat(36)
    const id = await start({ ClientRequestToken })
    expect(await start({ ClientRequestToken })).toBe(id)
    const other = start({ ClientRequestToken, QueryString: 'SELECT fail' })
    expect((await failureOf(other)).message).toContain('Idempotent')
  })

  it('needs a place for its result, and a workgroup that is there', async () => {
    const refusals = [
      { WorkGroup: 'primary' },
      { WorkGroup: 'none' },
      { WorkGroup: 'primary', ResultConfiguration: { OutputLocation: 's3://elsewhere/' } },
    ]
    for (const more of refusals)
      expect((await failureOf(start(more))).name).toBe('InvalidRequestException')
  })
})

describe('who may query', () => {
  const statement = (Action: string[], Resource: string) => ({ Effect: 'Allow', Action, Resource })
  const workgroup = statement(
    ['athena:StartQueryExecution', 'athena:GetQueryResults'],
    `arn:aws:athena:eu-west-1:${owner}:workgroup/trail`,
  )
  const glue = statement(['glue:GetTable'], `arn:aws:glue:eu-west-1:${owner}:table/audit/ct`)
  const bucket = statement(['s3:PutObject', 's3:GetObject'], 'arn:aws:s3:::results/trail/*')

  function makeUser(name: string, ...Statement: object[]) {
    const { world } = running.sandbox
    const accessKeyId = `AKIA${name.toUpperCase().padEnd(16, 'X')}`
    const { arn } = addUser(world, owner, name, [{ Version: '2012-10-17', Statement }])
    const secretAccessKey = 'kept'
    world.accessKeys.set(accessKeyId, { accessKeyId, secretAccessKey, principalArn: arn })
    return { accessKeyId, secretAccessKey }
  }

  it('is allowed the workgroup, the table and the bucket of results, each', async () => {
    const whole = makeUser('whole', workgroup, glue, bucket)
    const id = await start({}, whole)
    await pass(5)
    expect((await results(id, whole)).ResultSet?.Rows).toHaveLength(4)
    const other = await failureOf(start({ WorkGroup: 'tight' }, whole))
    expect(other.name).toBe('AccessDeniedException')
    const [noTable, noBucket] = [
      await start({}, makeUser('notable', workgroup, bucket)),
      await start({}, makeUser('nobucket', workgroup, glue)),
    ]
    await pass(5)
    expect((await get(noTable))?.Status?.StateChangeReason).toContain('glue:GetTable')
    expect((await get(noBucket))?.Status?.StateChangeReason).toContain('Access denied when writing')
  })
})
