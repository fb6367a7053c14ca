import type { SourceHealth } from '../source-health'

type Problem = { kind: string; code: string; message: string; api: string }

const disabled = /RegionDisabled|OptInRequired|UnrecognizedClient|InvalidClientTokenId/

/** What failed in words, and what to do about it. Pure. */
export function wordsOfProblem({ kind, code, message, api }: Problem, region: string): string {
  const said = `${code}: ${message}`
  if (api === 'sts:AssumeRole')
    return (
      'The read role cannot be assumed. Create it, or correct its trust policy and ExternalId ' +
      `(Accounts, Roles to deploy). ${said}`
    )
  if (disabled.test(code))
    return (
      `AWS refused the credentials in ${region}: the Region is probably disabled for this ` +
      `account. Enable it, or narrow the account to the Regions that are in use. ${said}`
    )
  const does = doings[kind] ?? 'It is tried again by itself; the worker’s log has more.'
  return `${api} ${fails[kind] ?? 'failed'} in ${region}. ${does} ${said}`
}

const fails: Readonly<Record<string, string>> = {
  denied: 'was denied',
  throttled: 'was throttled for minutes',
  unsupported: 'does not exist',
  unavailable: 'gave no answer',
}
const doings: Readonly<Record<string, string>> = {
  denied:
    'Deploy the read role anew: it asks for this permission. A policy of the organization might deny it too.',
  throttled:
    'AWS allows two LookupEvents a second for an account and Region, those of its console and of ' +
    'other tools too. Claviger goes on when there is room; slow down the others, or read the log ' +
    'files of a trail.',
  unsupported: 'This endpoint has no CloudTrail; read the log files of a trail.',
  unavailable: 'It is tried again by itself. Look at the network and at AWS’s health page.',
}

/** How far LookupEvents was read at a place, as the database sums it up. */
export type LookupFacts = {
  /** Null: its reading has not begun. */
  problem: (Problem & { at: string }) | null
  hasBegun: boolean
  /** What every change, and every event, is here until; null: none yet. */
  changesUntil: Date | null
  polledAt: Date | null
  /** Seconds that no source has read, of changes and of all events, and what is wanted of each. */
  changesLeft: number
  changesWanted: number
  eventsLeft: number
  eventsWanted: number
  /** Names of operations that are done, of a reading by names. */
  namesDone: number | null
  speed: number | null
  rate: number | null
}

const minute = 60
const hour = 3_600
const day = 86_400
/** Settled for so long, the end of what was read is where it should be. */
const behindSeconds = 60 * minute
const silentSeconds = 30 * minute
/** Slower than this the Region brings events about as fast as they are read. */
const tooBusy = 1.5
/** So much of the time wanted counts as all of it. */
const nothingSeconds = 15 * minute

/** Says how a place stands. `nowMs`: the clock that its times are by. Pure. */
export function stateOf(facts: LookupFacts, nowMs: number): SourceHealth['state'] {
  if (facts.problem) return 'problem'
  if (!facts.hasBegun) return 'reading'
  const ago = (at: Date | null) => (at ? (nowMs - at.getTime()) / 1_000 : Number.POSITIVE_INFINITY)
  if (facts.polledAt && ago(facts.polledAt) > silentSeconds) return 'silent'
  if (facts.changesLeft > nothingSeconds) return 'reading'
  if (ago(facts.changesUntil) > behindSeconds) return 'behind'
  return facts.eventsLeft > nothingSeconds ? 'reading' : 'upToDate'
}

/** Says how far it is, and when it will be through. Pure. */
export function progressOf(facts: LookupFacts, names: number): string {
  if (!facts.hasBegun) return 'Not begun'
  const { changesLeft, changesWanted, eventsLeft, eventsWanted } = facts
  const changes = daysOf(changesWanted - changesLeft, changesWanted)
  const events = daysOf(eventsWanted - eventsLeft, eventsWanted)
  const said = facts.namesDone === null ? changes : `${facts.namesDone} of ${names} operations`
  const parts = said === events ? [capital(said)] : [`Changes: ${said}`, `all events: ${events}`]
  if (eventsLeft > nothingSeconds) {
    if (isTooBusy(facts)) parts.push('no end in sight')
    else if (facts.speed) parts.push(`through in about ${timeOf(eventsLeft / (facts.speed - 1))}`)
  }
  if (facts.rate !== null && facts.rate >= 1)
    parts.push(`${Math.round(facts.rate).toLocaleString('en')} events a minute`)
  return parts.join(', ')
}

const isTooBusy = ({ speed }: LookupFacts) => speed !== null && speed < tooBusy

/** Says what it does not see here; `untold`: keys that changed, and no event says so. Pure. */
export function unseenOf(facts: LookupFacts, untold = 0): string[] {
  const { eventsLeft, eventsWanted } = facts
  const share = Math.max(0, (eventsWanted - eventsLeft) / eventsWanted)
  const lacks = [
    isTooBusy(facts) &&
      eventsLeft > nothingSeconds &&
      'Most uses of keys: this Region has more events than LookupEvents can read, and ' +
        `${Math.floor(share * 100)} % of the time is here. Read the log files of a trail.`,
    untold > 0 &&
      `A change of ${untold === 1 ? '1 key' : `${untold.toLocaleString('en')} keys`}: a sync of ` +
        'all keys found it, and no event tells of it.',
  ]
  return lacks.filter((one) => one !== false)
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

function daysOf(done: number, wanted: number): string {
  const all = Math.round(wanted / day)
  if (wanted - done <= nothingSeconds) return `all of ${all} days`
  return `${Math.max(0, Math.floor((done / day) * 10) / 10).toLocaleString('en')} of ${all} days`
}

function timeOf(seconds: number): string {
  if (seconds < 2 * minute) return 'a minute'
  if (seconds < 2 * hour) return `${Math.round(seconds / minute)} minutes`
  if (seconds < 2 * day) return `${Math.round(seconds / hour)} hours`
  return `${Math.round(seconds / day)} days`
}
