/**
 * From a kind as it is written, typed by its own input and state, to one that a list of kinds can
 * hold: everything stored is parsed again.
 */
import type { Permission } from '../../auth/permissions'
import type { Tx } from '../../db/client'
import type {
  About,
  AwsCall,
  AwsKind,
  DryRunWriter,
  DryRun,
  Facts,
  Observation,
  Impact,
  Place,
  AwsReader,
  RolePart,
  Statement,
  Undo,
  AwsWriter,
} from './kind'
import type { Risk } from '../rules/rule'
import type { KindTraits } from './traits'

type Sent = { sends: number; lastSentAt: string | null; now: string }

/** Doing, or undoing: look, act if ready, look again. */
export type Step = {
  /** Reads AWS and says what that means; remembers what it read for `act`. */
  observe(read: AwsReader, sent: Sent): Promise<Observation>
  act(write: AwsWriter, read: AwsReader): Promise<Facts>
  confirm: boolean
  settleSeconds: number
}

type Common = {
  title(): string
  refuse(state: Facts): string | null
  risk(state: Facts): { risk: Risk; reasons: readonly string[] }
  impact(state: Facts): Impact
}
/** A change of AWS, ready to be read, asked for, done and undone. */
export type AwsPlan = Common & {
  where: 'aws'
  place: Place
  sessionPolicy(): readonly Statement[]
  calls(): readonly AwsCall[]
  read(read: AwsReader): Promise<Facts>
  dryRun: ((dry: DryRunWriter) => Promise<DryRun>) | null
  doing(baseline: Facts): Step
  undoing: ((baseline: Facts, outcome: Facts) => Step) | null
  undoWords(): string | null
}
/** A change of this installation: it is done in the very transaction that says so. */
export type HousePlan = Common & {
  where: 'house'
  read(): Promise<Facts>
  /** Answers what there is to do no longer: the words of a drift; null when it was done. */
  apply(tx: Tx, baseline: Facts): Promise<string | null>
}

type Asked = Omit<About<unknown>, 'place'> & { place: Place | null }

/** A change of this installation is asked for in the settings, so nothing is said of it there. */
type Traits = Omit<KindTraits, 'about' | 'group' | 'words'> & {
  about: KindTraits['about'] | 'house'
  group: KindTraits['group'] | 'Claviger'
  words?: string
}
export type Kind = Traits & {
  /** What the write role needs for it; null for what is not done in AWS. */
  role: RolePart | null
  /**
   * What whoever asks for it must hold besides requests.create, when it is asked for, sent and
   * done.
   */
  asks?: Permission
  /** The input as it is stored. @throws ZodError */
  parse(input: unknown): Facts
  open(asked: Asked): AwsPlan | HousePlan
}

/**
 * Makes a kind that a list of kinds can hold, out of one typed by its own input and state: input
 * and baseline are parsed again each time, since another version might have stored them. `parse`
 * and `open` throw ZodError when they are not the kind's.
 */
export function defineKind<I extends Facts, S extends Facts, U extends Facts = Facts>(
  kind: AwsKind<I, S, U>,
): Kind {
  const { traits, role } = kind
  return {
    ...traits,
    role,
    parse: (input) => kind.input.parse(input),
    open({ place, ...asked }) {
      if (!place) throw new Error(`${traits.name} is a change of AWS and has no place`)
      return openAws(kind, { ...asked, place, input: kind.input.parse(asked.input) })
    },
  }
}

function openAws<I extends Facts, S extends Facts, U extends Facts>(
  kind: AwsKind<I, S, U>,
  about: About<I>,
): AwsPlan {
  const { undo } = kind
  return {
    where: 'aws',
    place: about.place,
    title: () => kind.title(about),
    sessionPolicy: () => kind.sessionPolicy(about),
    calls: () => kind.calls(about),
    read: (read) => kind.read(read, about),
    refuse: (state) => kind.refuse(kind.state.parse(state), about),
    risk: (state) => kind.risk(kind.state.parse(state), about),
    impact: (state) => kind.impact(kind.state.parse(state), about),
    dryRun: kind.dryRun
      ? (dry) => kind.dryRun?.(dry, about) ?? Promise.reject(new Error('no dry run'))
      : null,
    doing: (baseline) => makeDoing(kind, about, kind.state.parse(baseline)),
    undoing: undo
      ? (baseline, outcome) => makeUndoing(undo, about, kind.state.parse(baseline), outcome)
      : null,
    undoWords: () => undo?.words(about) ?? null,
  }
}

function makeDoing<I extends Facts, S extends Facts, U extends Facts>(
  kind: AwsKind<I, S, U>,
  about: About<I>,
  baseline: S,
): Step {
  let state = baseline
  return {
    confirm: kind.confirm ?? false,
    settleSeconds: kind.settleSeconds,
    async observe(read, sent) {
      state = await kind.read(read, about, sent)
      return kind.assess({ about, baseline, state, ...sent })
    },
    act: (write, read) => kind.act(write, about, { baseline, state, read }),
  }
}

function makeUndoing<I extends Facts, S extends Facts, U extends Facts>(
  undo: Undo<I, S, U>,
  about: About<I>,
  baseline: S,
  outcome: Facts,
): Step {
  let state: U | null = null
  return {
    confirm: undo.confirm,
    settleSeconds: 0,
    async observe(read, sent) {
      state = await undo.read(read, about, outcome, sent.sends)
      return undo.assess({ about, baseline, outcome, state, ...sent })
    },
    act(write, read) {
      if (state === null) throw new Error('looked at nothing before undoing')
      return undo.act(write, about, { baseline, outcome, state, read })
    },
  }
}
