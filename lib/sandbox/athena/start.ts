import { placeOf } from '../accounts'
import { authorizeService, decide } from '../authz/authorize'
import { AwsError, type Call, type Input } from '../call'
import { makeUuid } from '../ids'
import { readRecord, readText } from '../kms/read-input'
import { askS3 } from '../s3/access'
import { findAnswer, findWorkGroup } from './answers'
import type { CannedAnswer, QueryExecution, WorkGroup } from './types'

const maxQueryBytes = 262_144

/**
 * StartQueryExecution: takes a query and lets it run in the sandbox's time, to an answer that the
 * control API has set. https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
 */
export function startQueryExecution(call: Call, input: Input): Input {
  const name = readText(input, 'WorkGroup') ?? 'primary'
  authorizeOn(call, name, 'StartQueryExecution')
  placeOf(call)
  const query = readText(input, 'QueryString') ?? ''
  if (query === '' || Buffer.byteLength(query) > maxQueryBytes)
    throw invalid(`Query string length must be between 1 and ${maxQueryBytes}.`)
  const workGroup = findWorkGroup(call.world, name)
  if (!workGroup) throw invalid('WorkGroup is not found.')
  call.trail.requestParameters = describeAsked(input)
  const token = readText(input, 'ClientRequestToken') ?? null
  const twin = findTwin(call, token)
  if (twin && twin.query !== query) throw invalid('Idempotent parameters do not match')
  const { id } = twin ?? start(call, input, { query, token, workGroup })
  call.trail.responseElements = { queryExecutionId: id }
  return { QueryExecutionId: id }
}

/** CloudTrail leaves the text of a query out. */
function describeAsked(input: Input): Record<string, unknown> {
  const location = readText(readRecord(input, 'ResultConfiguration') ?? {}, 'OutputLocation')
  return {
    queryString: '***OMITTED***',
    clientRequestToken: readText(input, 'ClientRequestToken'),
    workGroup: readText(input, 'WorkGroup'),
    ...(location === undefined ? {} : { resultConfiguration: { outputLocation: location } }),
  }
}

function findTwin(call: Call, token: string | null): QueryExecution | undefined {
  if (token === null) return undefined
  return [...call.world.athena.executions.values()].find(
    (known) => known.token === token && isOf(call, known),
  )
}

export const isOf = (call: Call, { accountId, region }: QueryExecution) =>
  accountId === call.caller.accountId && region === call.region

type Asked = { query: string; token: string | null; workGroup: WorkGroup }

function start(call: Call, input: Input, { query, token, workGroup }: Asked): QueryExecution {
  const context = readRecord(input, 'QueryExecutionContext') ?? {}
  const database = readText(context, 'Database') ?? null
  const id = makeUuid()
  const output = findOutput(call, input, workGroup, id)
  const answer = findAnswer(call.world, query)
  const startsAt = call.now + answer.queuedMs
  const refused = refuseReading(call, query, database) ?? refuseWriting(call, output)
  const limit = workGroup.bytesLimit ?? Infinity
  const execution: QueryExecution = {
    id,
    accountId: call.caller.accountId,
    region: call.region,
    query,
    database,
    catalog: readText(context, 'Catalog') ?? 'AwsDataCatalog',
    workGroup: workGroup.name,
    output,
    token,
    submittedAt: call.now,
    startsAt,
    endsAt: startsAt + answer.runMs,
    ...findOutcome(answer, refused, limit),
    bytes: refused === null ? Math.min(answer.bytes, limit) : 0,
    columns: answer.columns,
    rows: answer.rows,
    stoppedAt: null,
    isWritten: false,
  }
  call.world.athena.executions.set(id, execution)
  return execution
}

/** A query that goes over its workgroup's limit is cancelled, and what it read is charged. */
function findOutcome(
  answer: CannedAnswer,
  refused: string | null,
  limit: number,
): Pick<QueryExecution, 'outcome' | 'error'> {
  if (refused !== null)
    return { outcome: { state: 'FAILED', reason: refused }, error: { category: 2, type: 1003 } }
  if (answer.bytes > limit) {
    const reason = 'Bytes scanned limit was exceeded'
    return { outcome: { state: 'CANCELLED', reason }, error: null }
  }
  const { fails } = answer
  if (!fails) return { outcome: { state: 'SUCCEEDED', reason: null }, error: null }
  return { outcome: { state: 'FAILED', reason: fails.reason }, error: fails }
}

function findOutput(call: Call, input: Input, workGroup: WorkGroup, id: string) {
  const given = readText(readRecord(input, 'ResultConfiguration') ?? {}, 'OutputLocation')
  const location = workGroup.outputLocation ?? given
  if (location === undefined) {
    throw invalid(
      'No output location provided. An output location is required either through the Workgroup ' +
        'result configuration setting or as an API input.',
    )
  }
  const [, bucket = '', folder = ''] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(location) ?? []
  const known = call.world.buckets.get(bucket)
  if (known?.region !== call.region)
    throw invalid(`Unable to verify/create output bucket ${bucket}`)
  const path = folder === '' || folder.endsWith('/') ? folder : `${folder}/`
  return { bucket, key: `${path}${id}.csv` }
}

/** Reading a table takes its description from Glue, as the caller. */
function refuseReading(call: Call, query: string, database: string | null): string | null {
  const [, table] = /\bfrom\s+"?(?:\w+"?\."?)?(\w+)"?/i.exec(query) ?? []
  if (!/^\s*(select|with)\b/i.test(query) || table === undefined) return null
  const here = `arn:aws:glue:${call.region}:${call.caller.accountId}`
  const decision = decide(call, {
    action: 'glue:GetTable',
    key: null,
    resourceArn: `${here}:table/${database ?? 'default'}/${table}`,
  })
  return decision.allowed
    ? null
    : `Insufficient permissions to execute the query. ${decision.reason}`
}

function refuseWriting(call: Call, output: QueryExecution['output']): string | null {
  const bucket = call.world.buckets.get(output.bucket)
  const allowed = bucket && askS3(call, bucket, 'PutObject', output.key).allowed
  if (allowed) return null
  return `Access denied when writing output to url: s3://${output.bucket}/${output.key} .`
}

export function authorizeOn(call: Call, workGroup: string, operation: string): void {
  const here = `arn:aws:athena:${call.region}:${call.caller.accountId}`
  const resourceArn = `${here}:workgroup/${workGroup}`
  authorizeService(call, { action: `athena:${operation}`, resourceArn })
}

export const invalid = (message: string) => new AwsError('InvalidRequestException', message)
