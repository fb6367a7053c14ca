/** How one source stands at one place, for the page of sources and for what an answer could not see. */
export type SourceHealth = {
  /** lookup:ACCOUNT:REGION, or the ARN of a trail. */
  name: string
  kind: 'lookup' | 'logFiles'
  accountId: string
  region: string
  state: 'reading' | 'upToDate' | 'behind' | 'silent' | 'problem' | 'off'
  /** Events until then are here; null: none yet. */
  readUntil: Date | null
  /** What failed last and what to do about it; null: nothing. */
  problem: { text: string; at: Date } | null
  /** What this source can never see here, in words: KMS excluded by selectors, log file altered, … */
  cannotSee: readonly string[]
  /** For the page: "12 of 90 days", "318 files, 3 waiting", … */
  progress: string
}
