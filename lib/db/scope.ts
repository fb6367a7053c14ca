import { raw, sqltag as sql, type Sql } from './statement'

/** The accounts a permission reaches: all of them, or a list. */
export type Scope = { all: true } | { all: false; accountIds: readonly string[] }

/** Returns the scope as a condition of Prisma on `accountId`: put it into every `where`. */
export const inScope = (scope: Scope) =>
  scope.all ? {} : { accountId: { in: [...scope.accountIds] } }

/** Returns the scope as a condition of Prisma on an account itself. */
export const isInScope = (scope: Scope) => (scope.all ? {} : { id: { in: [...scope.accountIds] } })

/**
 * Returns the scope as the value of a parameter: null stands for every account. Only for a
 * statement that numbers its parameters by itself; others take the condition alone.
 */
export const accountsOf = (scope: Scope): readonly string[] | null =>
  scope.all ? null : scope.accountIds

/** Returns the condition of SQL that the scope is every account. */
export const isEverywhere = (scope: Scope): Sql => sql`${accountsOf(scope)}::text[] IS NULL`

/**
 * Returns the condition of SQL that the account in `column` is in scope. PostgreSQL plans with its
 * value, so nothing is compared for a person who sees all accounts. Only such a person sees a row
 * without an account.
 */
export function withinAccounts(column: string, scope: Scope): Sql
/** The same as text: `parameter` is the placeholder that `accountsOf` went into. */
export function withinAccounts(column: string, parameter: string): string
export function withinAccounts(column: string, scope: Scope | string): Sql | string {
  if (typeof scope === 'string')
    return `(${scope}::text[] IS NULL OR ${column} = ANY(${scope}::text[]))`
  return sql`(${isEverywhere(scope)} OR ${raw(column)} = ANY(${accountsOf(scope)}::text[]))`
}
