import type { RulesPage } from '@/lib/settings/approval-rules'

type Group = { label: string; options: { value: string; label: string }[] }

/** Kinds of change to choose from, under their headings. */
export function kindOptions(kinds: RulesPage['kinds']): Group[] {
  const groups = new Map<string, Group>()
  for (const { name, label, group } of kinds) {
    const found = groups.get(group) ?? { label: group, options: [] }
    found.options.push({ value: name, label })
    groups.set(group, found)
  }
  return [...groups.values()]
}
