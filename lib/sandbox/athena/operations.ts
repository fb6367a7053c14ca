import type { Operations } from '../call'
import { getQueryExecution, getQueryResults, stopQueryExecution } from './executions'
import { startQueryExecution } from './start'

export const athenaOperations: Operations = {
  GetQueryExecution: getQueryExecution,
  GetQueryResults: getQueryResults,
  StartQueryExecution: startQueryExecution,
  StopQueryExecution: stopQueryExecution,
}
