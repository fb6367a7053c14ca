import pg from 'pg'
import { vi } from 'vitest'

/** A statement as it went over a connection. */
export type Issued = {
  connection: pg.Client
  text: string
  values: readonly unknown[]
  /** That it returned or changed; 0 while it runs. */
  rows: number
}

/** The budget of calls to AWS settles its leases meanwhile, by itself. */
const isOfBudget = (text: string) => /"Budget(Lease)?"/.test(text)

const rowsIn = (result: unknown) => Number(Reflect.get(Object(result), 'rowCount') ?? 0)

/** The pool asks with a callback, everything else by a promise. */
function counting(one: Issued, args: readonly unknown[]): readonly unknown[] {
  const last = args.at(-1)
  if (typeof last !== 'function') return args
  const told = (error: unknown, result: unknown) => {
    one.rows = rowsIn(result)
    Reflect.apply(last, undefined, [error, result])
  }
  return [...args.slice(0, -1), told]
}

/**
 * Runs it, and returns what reached the database meanwhile, in order, transactions included; without
 * what is left out.
 */
export async function statementsOf<T>(
  run: () => Promise<T>,
  isLeftOut: (text: string) => boolean = isOfBudget,
): Promise<{ result: T; issued: Issued[] }> {
  const issued: Issued[] = []
  const { prototype } = pg.Client
  const real = prototype.query
  const spy = vi.spyOn(prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [first, second] = args
    const text: unknown = typeof first === 'string' ? first : Reflect.get(Object(first), 'text')
    const values: unknown = Array.isArray(second) ? second : Reflect.get(Object(first), 'values')
    const one: Issued = {
      connection: this,
      text: typeof text === 'string' ? text : '',
      values: Array.isArray(values) ? values : [],
      rows: 0,
    }
    if (typeof text === 'string' && !isLeftOut(text)) issued.push(one)
    const answer: unknown = Reflect.apply(real, this, counting(one, args))
    if (answer instanceof Promise)
      answer.then(
        (result: unknown) => {
          one.rows = rowsIn(result)
        },
        () => {},
      )
    return answer
  } as typeof real)
  try {
    return { result: await run(), issued }
  } finally {
    spy.mockRestore()
  }
}
