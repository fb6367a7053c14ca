import type { PolicyStatement, PolicyType } from '../document'
import { capitalize, joinPhrases } from './phrases'
import { noteStatement } from './notes'
import { sayWhat, sayWhatShort } from './what'
import { sayCondition } from './when'
import { sayWhich } from './which'
import { sayWho, sayWhoShort } from './who'

export interface Explained {
  /** The statement in one sentence. Long lists are cut there; `parts` has them whole. */
  sentence: string
  parts: {
    who: string[]
    may: 'may' | 'may not' | 'unknown'
    what: string[]
    /** On what, where that is not the key itself. */
    on: string
    /** All must hold. */
    when: string[]
  }
  /**
   * What the sentence does not say: that it does nothing, that IAM decides,
   * that it is open to the world.
   */
  notes: string[]
}

export function explainStatement(statement: PolicyStatement, type: PolicyType): Explained {
  const who = sayWho(statement, type)
  const what = sayWhat(statement, type)
  const allows = statement.effect?.value === 'Allow'
  const parts: Explained['parts'] = {
    who: who.except ? [sayWhoShort(who, Infinity)] : who.each,
    may: statement.unreadable !== null ? 'unknown' : allows ? 'may' : 'may not',
    what: what.except ? [sayWhatShort(what, !allows)] : what.each,
    on: sayWhich(statement, type, Infinity).trim(),
    when: (statement.conditions ?? []).map((condition) => sayCondition(condition, Infinity)),
  }
  if (statement.unreadable !== null)
    return {
      sentence: `This statement cannot be judged: ${statement.unreadable}. What it does is not known.`,
      parts,
      notes: [],
    }
  // Clauses have "or" in them: each gets its own "if".
  const when = (statement.conditions ?? [])
    .map((condition) => `if ${sayCondition(condition)}`)
    .join(', and ')
  const rest = `${sayWhatShort(what, !allows)}${sayWhich(statement, type)}${when === '' ? '' : `, ${when}`}.`
  const missing = [
    statement.action ? [] : ['Action'],
    statement.resource ? [] : ['Resource'],
  ].flat()
  const sentence =
    missing.length > 0
      ? `This statement does nothing: it has no ${missing.join(' and no ')}.`
      : `${subject(who, allows)} ${rest}`
  return { sentence, parts, notes: noteStatement(statement, type, who, what) }
}

/** "Nobody may" is how one says that everyone may not. */
function subject(who: ReturnType<typeof sayWho>, allows: boolean): string {
  if (allows) return `${capitalize(sayWhoShort(who))} may`
  if (who.everyone) return 'Nobody may'
  return who.except
    ? `Nobody except ${joinPhrases(who.each)} may`
    : `${capitalize(sayWhoShort(who))} may not`
}
