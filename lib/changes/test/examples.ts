/** What each kind's folder holds in test/examples.ts: the kind at work, for the tests of all kinds. */
import type { Place } from '../kinds/kind'
import type { FaultExample } from './example-faults'
import type { SandboxFixture } from './sandbox-fixture'

/** What must be there before, and how AWS shows that it is done, and undone. */
export type Example = {
  place: Place
  input: unknown
  /** The mutating calls of doing it. */
  sends: readonly string[]
  /** What AWS says that the change is about; compared before, after and when undone. */
  see: () => Promise<unknown>
  done: unknown
  /** Of undoing; absent where the kind has no undo. */
  undoes?: readonly string[]
}
export type MakeExample = (fixture: SandboxFixture) => Promise<Example>

/** Why a kind has none. */
type Without = { none: string }

export type KindExamples = {
  /** Done, lost, undone, refused by the role, dry-run: by the tests of all kinds. */
  onSandbox: MakeExample | Without
  /** Crashed, killed and throttled at every point, by the fault bench. */
  underFaults: FaultExample | Without
}

const known = new WeakSet<object>()

export function defineExamples(examples: KindExamples): KindExamples {
  known.add(examples)
  return examples
}

/** Only what `defineExamples` made, whose type was checked there. */
export const isExamples = (value: unknown): value is KindExamples =>
  typeof value === 'object' && value !== null && known.has(value)
