// What one person's questions leave to the others, and what the processes take meanwhile.
import type { CountingPostgres } from './scale-postgres'
import type { ScaleProduct } from './scale-product'

export async function besideOthers(
  _product: ScaleProduct,
  _postgres: CountingPostgres,
  _options: { minutes: number; say: (line: string) => void },
): Promise<string[]> {
  return []
}
