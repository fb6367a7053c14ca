import type { ReactNode } from 'react'
import type { Facts } from '@/lib/changes/kinds/kind'
import type { KindTraits } from '@/lib/changes/kinds/traits'
import type { Values } from '../values'

/** Takes what is wrong, by the field it belongs to. */
export type Fail = (field: string, words: string) => void

/** What the page knows of the first key before anything was typed. */
type Known = { policy: string; draftId: string | null; description: string }

/** How a kind of change is asked for, beside its keys, times and reason. */
export type KindForm = KindTraits & {
  /** What it asks of a person; absent where there is nothing more to say. */
  Fields?: () => ReactNode
  /** Its fields stand in containers of their own, not in that of the details. */
  hasOwnContainers?: boolean
  /** From what was typed to the input of the kind. Judges nothing that the kind's schema judges. */
  toInput(values: Values, place: { partition: string }): unknown
  /**
   * From the input of an earlier change back to what is typed, for asking again. `task`: the
   * template that it was made from. What is not understood stays blank.
   */
  fromInput?(input: Facts, task: string | null): Partial<Values>
  /** What a new form begins with. */
  begin?(known: Known): Partial<Values>
  /** Says what is missing before there is an input to judge. */
  requireMore?(values: Values, fail: Fail): void
  /** Says at once what the server would say of the input. */
  judge?(values: Values, input: unknown, fail: Fail): void
  /** The template that the input is made from; null: none. */
  templateOf?(values: Values): string | null
}
