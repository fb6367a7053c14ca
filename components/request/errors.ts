/** What was refused, put to the field it is about. Pure. */
import type { Failure } from '@/lib/result'
import { own } from '@/lib/own'

/**
 * Field -> what is wrong, in words. Fields of a change are named without its number:
 * `input.operations`, `endsAt`.
 */
export type Errors = Readonly<Record<string, readonly string[]>>

export type Problems = {
  /** By field, for beside the fields. */
  fields: Errors
  /**
   * All of them, for the top: with the number of the change where one is meant,
   * and what belongs to no field.
   */
  lines: readonly { text: string; change: number | null }[]
}

export const noProblems: Problems = { fields: {}, lines: [] }

export const fromErrors = (errors: Errors): Problems => ({
  fields: errors,
  lines: Object.values(errors)
    .flat()
    .map((text) => ({ text, change: null })),
})

/** `changes.3.input.operations` is the field `input.operations` of the fourth change. */
export function fromFailure({ message, fields }: Failure): Problems {
  if (!fields || Object.keys(fields).length === 0)
    return { fields: {}, lines: [{ text: message, change: null }] }
  const found: Record<string, string[]> = {}
  const lines: { text: string; change: number | null }[] = []
  for (const [path, messages] of Object.entries(fields)) {
    const [, number, field] = /^changes\.(\d+)\.(.*)$/.exec(path) ?? []
    const name = field ?? path
    for (const text of messages) {
      const said = own(found, name) ?? []
      if (!said.includes(text)) found[name] = [...said, text]
      lines.push({ text, change: number === undefined ? null : Number(number) })
    }
  }
  return { fields: found, lines }
}

/**
 * What is said about any of these fields or a part of them; of one that is written
 * `=input`, only about it as a whole.
 */
export function errorsAt({ fields }: Problems, names: readonly string[]): readonly string[] {
  const found = Object.entries(fields).filter(([path]) =>
    names.some((name) =>
      name.startsWith('=') ? path === name.slice(1) : path === name || path.startsWith(`${name}.`),
    ),
  )
  return [...new Set(found.flatMap(([, messages]) => messages))]
}
