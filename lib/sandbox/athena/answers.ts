import type { World } from '../world'
import type { CannedAnswer, WorkGroup } from './types'

type Given = {
  answers: (Partial<Omit<CannedAnswer, 'fails'>> & {
    fails?: { reason: string; category?: number; type?: number }
  })[]
  workGroups: { name: string; bytesLimit?: number; outputLocation?: string }[]
}

/** Sets what queries are answered with, and the workgroups beside `primary`. */
export function setAnswers({ athena }: World, given: Given): void {
  athena.answers = given.answers.map(({ fails, ...answer }) => ({
    columns: [],
    rows: [],
    bytes: 0,
    queuedMs: 200,
    runMs: 800,
    ...answer,
    // Category 2 is the user's fault, 1 the system's.
    fails: fails ? { category: 2, type: 1006, ...fails } : null,
  }))
  athena.workGroups = new Map(
    given.workGroups.map(({ name, bytesLimit = null, outputLocation = null }) => [
      name,
      { name, bytesLimit, outputLocation },
    ]),
  )
}

/** Every account has `primary`, with nothing set. */
export function findWorkGroup({ athena }: World, name: string): WorkGroup | undefined {
  const primary = { name, bytesLimit: null, outputLocation: null }
  return athena.workGroups.get(name) ?? (name === 'primary' ? primary : undefined)
}

export function findAnswer({ athena }: World, query: string): CannedAnswer {
  const text = plain(query)
  const found = athena.answers.find(
    (answer) =>
      (answer.query !== undefined && plain(answer.query) === text) ||
      (answer.matches !== undefined && new RegExp(answer.matches, 'is').test(query)),
  )
  return found ?? unanswered
}

const plain = (query: string) => query.replace(/\s+/g, ' ').replace(/;$/, '').trim()

const unanswered: CannedAnswer = {
  columns: [],
  rows: [],
  bytes: 0,
  fails: {
    reason: 'The sandbox has no answer to this query: PUT /_sandbox/athena sets one.',
    category: 2,
    type: 1006,
  },
  queuedMs: 0,
  runMs: 0,
}
