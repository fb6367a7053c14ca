/** What a rule is about, and what a change is. Pure. */
export const risks = ['low', 'medium', 'high', 'critical'] as const
export type Risk = (typeof risks)[number]
export const comments = ['none', 'reject', 'both'] as const

/** What a rule is about: all that is said must hold, one of each list is enough. */
type When = {
  kinds?: readonly string[]
  risks?: readonly Risk[]
  accountIds?: readonly string[]
  keyArns?: readonly string[]
  tags?: readonly { key: string; value?: string }[]
}

type AboutKey = { keyArn: string | null; tags: Readonly<Record<string, string>> | null }
/** `also`: another key that it takes something from; a rule about either of them holds. */
export type About = AboutKey & {
  kind: string
  risk: Risk
  accountId: string | null
  also?: AboutKey | null
}

const isOneOf = (listed: readonly string[] | undefined, value: string | null) =>
  !listed?.length || (value !== null && listed.includes(value))

function matchesTags(listed: When['tags'], tags: About['tags']): boolean {
  // tags that we could not read may be any: the rule holds
  if (!listed?.length || tags === null) return true
  return listed.some(
    ({ key, value }) => Object.hasOwn(tags, key) && (value === undefined || tags[key] === value),
  )
}

/**
 * Whether a rule is about a change. Tags that are unknown (null) match every rule by tag:
 * unknown is never taken for no.
 */
export function matchesRule({ when }: { when: When }, about: About): boolean {
  return (
    isOneOf(when.kinds, about.kind) &&
    isOneOf(when.risks, about.risk) &&
    isOneOf(when.accountIds, about.accountId) &&
    isOneOf(when.keyArns, about.keyArn) &&
    matchesTags(when.tags, about.tags)
  )
}
