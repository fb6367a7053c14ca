import 'server-only'
import { sql } from '../../db/client'

export type Setting = {
  name: string
  threshold: number | null
  mutedUntil: Date | null
  muteReason: string | null
}

/** What people set, by the name of the signal. */
export async function readSettings(): Promise<ReadonlyMap<string, Setting>> {
  const rows = await sql.query<Setting>(
    `SELECT "name", "threshold", "mutedUntil", "muteReason" FROM "SignalSetting"`,
  )
  return new Map(rows.map((row) => [row.name, row]))
}
