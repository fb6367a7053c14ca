import 'server-only'
import pino from 'pino'
import { redact } from './log-redact.mjs'

/**
 * JSON lines on stdout. Credentials, tokens and key material are taken out
 * by name, whoever logs them.
 */
export const log = pino({
  // Read without env(), which needs a database: a process must be able to say what
  // is wrong with its settings.
  level: process.env.LOG_LEVEL || (process.env.VITEST ? 'silent' : 'info'),
  base: { part: process.env.CLAVIGER_PART ?? 'claviger', pid: process.pid },
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: {
    level: (label) => ({ level: label }),
    log: (fields) => redact(fields) as Record<string, unknown>, // an object in gives an object out
  },
  // redact has made it plain already
  serializers: { err: (error: unknown) => error, error: (error: unknown) => error },
})
