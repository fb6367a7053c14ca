import { kindOf } from '../kinds/registry'

type Line = { title: string; kind: string; accountId: string | null }

/**
 * Makes the title of a request that nobody gave one. Over several accounts it names no key: whoever
 * sees one of the accounts reads it.
 */
export function makeTitle(lines: readonly Line[]): string {
  const [first] = lines
  const accounts = new Set(lines.map(({ accountId }) => accountId)).size
  const kinds = new Set(lines.map(({ kind }) => kind))
  if (lines.length === 1 || !first) return first?.title ?? ''
  if (accounts === 1) return `${first.title} and ${lines.length - 1} more`
  return (
    `${kinds.size === 1 ? `${kindOf(first.kind)?.label ?? first.kind}: ` : ''}${lines.length} ` +
    `changes in ${accounts} accounts`
  )
}
