/** Athena's part of the world. */
export type Athena = {
  answers: CannedAnswer[]
  /** By name, the same in every account and Region. */
  workGroups: Map<string, WorkGroup>
  executions: Map<string, QueryExecution>
}
/** The first that fits counts: by its text, spaces aside, or by a regular expression. */
export type CannedAnswer = {
  query?: string
  matches?: string
  columns: { name: string; type: string }[]
  rows: (string | null)[][]
  bytes: number
  /** Why it fails; null: it succeeds. */
  fails: { reason: string; category: number; type: number } | null
  queuedMs: number
  runMs: number
}
export type WorkGroup = {
  name: string
  /** BytesScannedCutoffPerQuery; null: none. */
  bytesLimit: number | null
  outputLocation: string | null
}
export type QueryExecution = {
  id: string
  accountId: string
  region: string
  query: string
  database: string | null
  catalog: string
  workGroup: string
  /** The result's own address, `s3://bucket/id.csv`. */
  output: { bucket: string; key: string }
  token: string | null
  submittedAt: number
  startsAt: number
  endsAt: number
  /** How it ends if nobody stops it. */
  outcome: { state: 'SUCCEEDED' | 'FAILED' | 'CANCELLED'; reason: string | null }
  error: { category: number; type: number } | null
  bytes: number
  columns: CannedAnswer['columns']
  rows: CannedAnswer['rows']
  stoppedAt: number | null
  isWritten: boolean
}
