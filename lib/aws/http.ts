import 'server-only'
import http from 'node:http'
import https from 'node:https'

/** A call that has no answer after this long is given up; it may still reach AWS. */
export const requestTimeoutMs = 15_000

/** Open connections of this process to one endpoint: more only wait inside AWS instead of here. */
const maxSockets = 64
const agent = {
  keepAlive: true,
  keepAliveMsecs: 10_000,
  maxSockets,
  maxFreeSockets: maxSockets,
  timeout: 60_000,
  scheduling: 'fifo' as const,
}

/**
 * One pool of connections for every client of the process, so that 100
 * accounts do not hold 100 pools.
 */
export const requestHandler = {
  httpAgent: new http.Agent(agent),
  httpsAgent: new https.Agent(agent),
  connectionTimeout: 5_000,
  requestTimeout: requestTimeoutMs,
  throwOnRequestTimeout: true,
  // Waiting for one of our own connections is normal while a sweep runs.
  socketAcquisitionWarningTimeout: 600_000,
}
