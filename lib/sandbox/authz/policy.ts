/**
 * A policy document read once: what a decision needs, in lists and without the
 * JSON's optional spellings.
 */
export type Policy = { variables: boolean; statements: Statement[] }
export type Statement = {
  effect: 'Allow' | 'Deny'
  /** null: the statement names none, as in identity policies. */
  principals: Principals | null
  actions: { not: boolean; patterns: string[] }
  /**
   * null: the statement names none, as in trust policies. In a key policy
   * such a statement is inert.
   */
  resources: { not: boolean; patterns: string[] } | null
  conditions: Condition[]
}
export type Principals = { not: boolean; everyone: boolean; aws: string[]; services: string[] }
export type Condition = {
  operator: string
  set: 'any' | 'all' | null
  ifExists: boolean
  key: string
  values: string[]
}

const cache = new Map<string, Policy | null>()

/** null for what is no policy document. Cached by text: policies are few and asked about often. */
export function readPolicy(text: string): Policy | null {
  const known = cache.get(text)
  if (known !== undefined) return known
  const policy = parsePolicy(text)
  if (cache.size > 20_000) cache.clear()
  cache.set(text, policy)
  return policy
}

function parsePolicy(text: string): Policy | null {
  const document = parseObject(text)
  if (!document) return null
  const list = Array.isArray(document.Statement) ? document.Statement : [document.Statement]
  const statements = list.map((entry: unknown) => readStatement(entry))
  if (!statements.every((statement) => statement !== null)) return null
  return { variables: document.Version === '2012-10-17', statements }
}

function readStatement(entry: unknown): Statement | null {
  if (!isObject(entry) || (entry.Effect !== 'Allow' && entry.Effect !== 'Deny')) return null
  const resources = entry.Resource ?? entry.NotResource
  return {
    effect: entry.Effect,
    principals: readPrincipals(
      entry.Principal ?? entry.NotPrincipal,
      entry.NotPrincipal !== undefined,
    ),
    actions: {
      not: entry.NotAction !== undefined,
      patterns: texts(entry.Action ?? entry.NotAction).map((action) => action.toLowerCase()),
    },
    resources:
      resources === undefined
        ? null
        : { not: entry.NotResource !== undefined, patterns: texts(resources) },
    conditions: readConditions(entry.Condition),
  }
}

function readPrincipals(value: unknown, not: boolean): Principals | null {
  if (value === undefined) return null
  if (value === '*') return { not, everyone: true, aws: [], services: [] }
  const aws = isObject(value) ? texts(value.AWS) : []
  const services = isObject(value) ? texts(value.Service) : []
  return { not, everyone: aws.includes('*'), aws, services }
}

function readConditions(value: unknown): Condition[] {
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([name, keys]) => {
    const [, qualifier, rest = ''] = /^(?:(ForAnyValue|ForAllValues):)?(.*)$/i.exec(name) ?? []
    const ifExists = /IfExists$/i.test(rest)
    const operator = rest.replace(/IfExists$/i, '').toLowerCase()
    const set =
      qualifier === undefined
        ? null
        : qualifier.toLowerCase() === 'foranyvalue'
          ? ('any' as const)
          : ('all' as const)
    return Object.entries(isObject(keys) ? keys : {}).map(([key, values]) => ({
      operator,
      set,
      ifExists,
      key: key.toLowerCase(),
      values: texts(values),
    }))
  })
}

function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String)
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
