import 'server-only'

/**
 * Prisma's tagged template for SQL. `raw` is for names and words of the code's own, never for what
 * comes from elsewhere.
 */
export { empty, join, raw, Sql, sqltag } from '@prisma/client/runtime/client'
