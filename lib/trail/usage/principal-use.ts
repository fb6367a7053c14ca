/** How often a principal called one operation, over all keys. */
export type OperationUse = {
  operation: string
  calls: number
  denied: number
  failed: number
  keys: number
  firstAt: string
  lastAt: string
}

/** How many hours of a period, as far as it is settled, the trail has of one Region. */
export type RegionCoverage = { region: string; whole: number; partial: number }

export type PrincipalUse = {
  from: string
  to: string
  /** Of the period, as far as it is settled. */
  hours: number
  operations: readonly OperationUse[]
  /** The keys it called most. */
  keys: readonly { key: string; calls: number; lastAt: string }[]
  keysTotal: number
  /** Of the principal's account; null: out of scope, so its calls are not seen. */
  coverage: readonly RegionCoverage[] | null
  waitingHours: number
}
