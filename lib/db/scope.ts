/** The accounts a permission reaches: all of them, or a list. */
export type Scope = { all: true } | { all: false; accountIds: readonly string[] }

/** Returns the scope as a condition of Prisma on `accountId`: put it into every `where`. */
export const inScope = (scope: Scope) =>
  scope.all ? {} : { accountId: { in: [...scope.accountIds] } }

/** Returns the scope as a condition of Prisma on an account itself. */
export const isInScope = (scope: Scope) => (scope.all ? {} : { id: { in: [...scope.accountIds] } })

/** Returns the scope as the value that `withinAccounts` reads: null stands for every account. */
export const accountsOf = (scope: Scope): readonly string[] | null =>
  scope.all ? null : scope.accountIds

/** Returns the condition of SQL that the scope in `parameter` is every account. */
export const isEverywhere = (parameter: string): string => `${parameter}::text[] IS NULL`

/**
 * Returns the condition of SQL that the account in `column` is in scope. `parameter` is the
 * placeholder that `accountsOf` went into. PostgreSQL plans with its value, so nothing is compared
 * for a person who sees all accounts. Only such a person sees a row without an account.
 */
export const withinAccounts = (column: string, parameter: string): string =>
  `(${isEverywhere(parameter)} OR ${column} = ANY(${parameter}::text[]))`
