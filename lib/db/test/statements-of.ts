import pg from 'pg'
import { vi } from 'vitest'

/** A statement as it went over a connection. */
export type Issued = { connection: pg.Client; text: string; values: readonly unknown[] }

/** The budget of calls to AWS settles its leases meanwhile, by itself. */
const isOfBudget = (text: string) => /"Budget(Lease)?"/.test(text)

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
    if (typeof text === 'string' && !isLeftOut(text))
      issued.push({ connection: this, text, values: Array.isArray(values) ? values : [] })
    return Reflect.apply(real, this, args)
  } as typeof real)
  try {
    return { result: await run(), issued }
  } finally {
    spy.mockRestore()
  }
}
