import type { Call, Input } from '../call'
import { readNumber, readText } from '../kms/read-input'
import { askS3 } from '../s3/access'
import { makeEtag, storeObject } from '../s3/store'
import type { World } from '../world'
import { authorizeOn, invalid, isOf } from './start'
import type { QueryExecution } from './types'

type State = 'QUEUED' | 'RUNNING' | QueryExecution['outcome']['state']

export function getQueryExecution(call: Call, input: Input): Input {
  const execution = findExecution(call, input, 'GetQueryExecution')
  return { QueryExecution: describeExecution(execution, call.now) }
}

/** Stopping what has ended changes nothing. */
export function stopQueryExecution(call: Call, input: Input): Input {
  const execution = findExecution(call, input, 'StopQueryExecution')
  const state = stateAt(execution, call.now)
  if (state === 'QUEUED' || state === 'RUNNING') execution.stoppedAt = call.now
  return {}
}

/**
 * GetQueryResults: rows as text, the names of the columns as the first of them. The caller reads
 * them from the result's bucket.
 * https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html
 */
export function getQueryResults(call: Call, input: Input): Input {
  const execution = findExecution(call, input, 'GetQueryResults')
  const state = stateAt(execution, call.now)
  if (state === 'QUEUED' || state === 'RUNNING')
    throw invalid(`Query has not yet finished. Current state: ${state}`)
  if (state !== 'SUCCEEDED')
    throw invalid(`Query did not finish successfully. Final query state: ${state}`)
  const bucket = call.world.buckets.get(execution.output.bucket)
  const object = bucket?.objects.get(execution.output.key)
  if (!bucket || !object) throw invalid('Could not find results')
  if (!askS3(call, bucket, 'GetObject', execution.output.key).allowed)
    throw invalid('Access denied when reading the results.')
  return pageResults(execution, input)
}

function pageResults({ id, columns, rows }: QueryExecution, input: Input): Input {
  const limit = readNumber(input, 'MaxResults') ?? 1000
  if (limit < 1 || limit > 1000) throw invalid('MaxResults must be between 1 and 1000.')
  const token = readText(input, 'NextToken')
  const from = token === undefined ? 0 : readToken(token, id)
  const all = [columns.map(({ name }) => name), ...rows]
  const next = from + limit
  return {
    UpdateCount: 0,
    ResultSet: {
      Rows: all.slice(from, next).map((row) => ({
        Data: row.map((value) => (value === null ? {} : { VarCharValue: value })),
      })),
      ResultSetMetadata: {
        ColumnInfo: columns.map(({ name, type }) => ({
          CatalogName: 'hive',
          SchemaName: '',
          TableName: '',
          Name: name,
          Label: name,
          Type: type,
          Precision: type === 'varchar' ? 2_147_483_647 : 0,
          Scale: 0,
          Nullable: 'UNKNOWN',
          CaseSensitive: type === 'varchar',
        })),
      },
    },
    NextToken: next < all.length ? Buffer.from(`${id}/${next}`).toString('base64') : undefined,
  }
}

function readToken(token: string, id: string): number {
  const [of, at] = Buffer.from(token, 'base64').toString().split('/')
  if (of !== id || !/^\d+$/.test(at ?? '')) throw invalid('Invalid next token')
  return Number(at)
}

function findExecution(call: Call, input: Input, operation: string): QueryExecution {
  const id = readText(input, 'QueryExecutionId') ?? ''
  const execution = call.world.athena.executions.get(id)
  const isOwn = execution !== undefined && isOf(call, execution)
  authorizeOn(call, isOwn ? execution.workGroup : 'primary', operation)
  if (!isOwn) throw invalid(`QueryExecution ${id} was not found`)
  if (stateAt(execution, call.now) === 'SUCCEEDED') writeResult(call.world, execution)
  return execution
}

function stateAt({ stoppedAt, startsAt, endsAt, outcome }: QueryExecution, now: number): State {
  if (stoppedAt !== null) return 'CANCELLED'
  if (now < startsAt) return 'QUEUED'
  return now < endsAt ? 'RUNNING' : outcome.state
}

/** The result as Athena leaves it in S3, once the query has ended. */
function writeResult(world: World, execution: QueryExecution): void {
  const { output, columns, rows, endsAt } = execution
  const bucket = world.buckets.get(output.bucket)
  if (execution.isWritten || !bucket) return
  execution.isWritten = true
  const lines = [columns.map(({ name }) => name), ...rows]
  const body = new Uint8Array(Buffer.from(lines.map(writeLine).join('')))
  storeObject(bucket, output.key, {
    body,
    etag: makeEtag(body, null),
    modifiedAt: endsAt,
    contentType: 'application/octet-stream',
    contentEncoding: null,
    metadata: new Map(),
    sealed: null,
    checksum: null,
  })
}

const writeLine = (row: (string | null)[]) =>
  `${row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`

function describeExecution(execution: QueryExecution, now: number): Input {
  const state = stateAt(execution, now)
  const { stoppedAt, outcome, output } = execution
  const isOver = state !== 'QUEUED' && state !== 'RUNNING'
  const reason = stoppedAt === null ? outcome.reason : 'Query cancelled!'
  return {
    QueryExecutionId: execution.id,
    Query: execution.query,
    StatementType: /^\s*(select|with)\b/i.test(execution.query) ? 'DML' : 'DDL',
    ResultConfiguration: { OutputLocation: `s3://${output.bucket}/${output.key}` },
    QueryExecutionContext: {
      ...(execution.database === null ? {} : { Database: execution.database }),
      Catalog: execution.catalog,
    },
    Status: {
      State: state,
      SubmissionDateTime: execution.submittedAt / 1000,
      ...(isOver ? { CompletionDateTime: (stoppedAt ?? execution.endsAt) / 1000 } : {}),
      ...(isOver && reason !== null ? { StateChangeReason: reason } : {}),
      ...(state === 'FAILED' ? { AthenaError: describeError(execution) } : {}),
    },
    Statistics: describeStatistics(execution, now),
    WorkGroup: execution.workGroup,
    EngineVersion: {
      SelectedEngineVersion: 'AUTO',
      EffectiveEngineVersion: 'Athena engine version 3',
    },
  }
}

function describeError({ error, outcome }: QueryExecution): Input {
  return {
    ErrorCategory: error?.category ?? 1,
    ErrorType: error?.type ?? 233,
    Retryable: error?.category === 1,
    ErrorMessage: outcome.reason ?? '',
  }
}

/** While it runs it has read as much of its bytes as of its time has passed. */
function describeStatistics(execution: QueryExecution, now: number): Input {
  const { submittedAt, startsAt, endsAt, bytes } = execution
  const at = Math.min(execution.stoppedAt ?? now, endsAt)
  const ran = Math.max(0, at - startsAt)
  const share = endsAt === startsAt ? 1 : ran / (endsAt - startsAt)
  return {
    EngineExecutionTimeInMillis: ran,
    DataScannedInBytes: Math.round(bytes * share),
    QueryQueueTimeInMillis: Math.max(0, Math.min(at, startsAt) - submittedAt),
    TotalExecutionTimeInMillis: Math.max(0, at - submittedAt),
  }
}
