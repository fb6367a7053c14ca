import pg from 'pg'
import { vi } from 'vitest'

/** Runs it, and returns what reached the database meanwhile, transactions included. */
export async function statementsOf<T>(
  run: () => Promise<T>,
): Promise<{ result: T; texts: string[] }> {
  const texts: string[] = []
  const { prototype } = pg.Client
  const real = prototype.query
  const spy = vi.spyOn(prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [first] = args
    const text = typeof first === 'string' ? first : ((first as { text?: string }).text ?? '')
    // The budget of calls to AWS settles its leases meanwhile, by itself.
    if (!/"Budget(Lease)?"/.test(text)) texts.push(text)
    return Reflect.apply(real, this, args)
  } as typeof real)
  try {
    return { result: await run(), texts }
  } finally {
    spy.mockRestore()
  }
}
