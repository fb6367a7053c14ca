/** A call that was refused, to be asked about again. */
export type DeniedAsk = {
  principal: string
  key: string
  operation: string
  /** The only service it came through; null: it was called directly; absent: both, or several. */
  via?: string | null
}

/** What policies and grants say to it as they are read now. */
export type VerdictNow = {
  result: 'allow' | 'deny' | 'depends' | 'unknown'
  explicitDeny: boolean
  /** The statement that denies, or what is missing. */
  text: string
  /** When the key's policy was read last; null: never. */
  policyAt: string | null
}
